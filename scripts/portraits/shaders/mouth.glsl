// SPDX-License-Identifier: Apache-2.0
// Inside of the mouth and rims of the eyes. Occlusion here is a ramp in depth: what was baked for the closed
// mouth would be wrong for the open one.
uniform vec3 skin;

const bool TWO_SIDED = true;
const float TRANSLUCENT = 0.0;
const float KEY_OCCLUSION = 1.0;
const int MOUTH_SOCKET = 2, EYE_SOCKET = 3, GUMS = 4;

Surface make_surface(inout vec3 n) {
    Surface s = Surface(vec3(0), 0.42, 1.0, 1.0, vec3(0.42, 0.2, 0.12));
    class_number = MOUTH_CLASS;
    if (part == MOUTH_SOCKET) {
        s.albedo = linear(vec3(0.5, 0.2, 0.2));
        s.occlusion = smoothstep(2.0, 11.0, rest.z) * 0.35 + 0.02;
        s.specular = 0.4;
    } else if (part == EYE_SOCKET) {
        s.albedo = skin * vec3(0.9, 0.5, 0.5);
        s.occlusion = 0.25;
        class_number = SKIN_CLASS;
    } else if (part == GUMS) {
        s.albedo = linear(vec3(0.74, 0.38, 0.38)) * (0.9 + 0.3 * texture(volume_noise, rest * 0.05).r);
        s.occlusion = smoothstep(3.5, 10.8, rest.z) * 0.75 + 0.02;
        s.roughness = 0.25;
        s.wrap *= 1.3;
    } else {  // teeth
        s.albedo = linear(vec3(0.9, 0.865, 0.79)) * (0.93 + 0.14 * texture(volume_noise, rest * 0.03).r);
        s.occlusion = smoothstep(5.5, 10.9, rest.z) * 0.85 + 0.02;
        s.occlusion *= 1.0 - 0.35 * smoothstep(1.0, 3.0, abs(rest.x));
        s.roughness = 0.22;
        s.specular = 1.2;
        s.wrap = vec3(0.35, 0.3, 0.25);
    }
    return s;
}

vec3 reflected_window(vec3 n, vec3 view, vec3 ambient, float key) { return vec3(0); }
