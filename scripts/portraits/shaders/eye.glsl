// SPDX-License-Identifier: Apache-2.0
// Only the outer ball is drawn; the iris lies on it by angle. The lid's soft shadow is a mesh of its own.
uniform vec3 iris, sclera, left_eye, right_eye, skin_seed;
uniform float pupil;

const bool TWO_SIDED = true;
const float TRANSLUCENT = 0.0;
const float KEY_OCCLUSION = 0.55;
const float IRIS_RADIUS = 0.44;  // of the ball's

vec3 iris_colour(float angle, float radius) {
    float fibre = texture(strands, vec2(angle * 0.9, radius * 0.05 + skin_seed.x)).r;
    float fine_fibre = texture(strands, vec2(angle * 2.3, radius * 0.1)).g;
    vec3 c = iris * (0.45 + 1.1 * fibre * smoothstep(0.1, 0.9, radius) + 0.35 * fine_fibre);
    c = mix(c, c * vec3(1.5, 1.2, 0.7) + 0.01, smoothstep(0.75, 0.4, radius) * 0.5);
    c *= 1.5 * (1.0 - 0.75 * smoothstep(0.8, 1.04, radius));
    return mix(vec3(0.004), c, smoothstep(pupil - 0.05, pupil + 0.05, radius));
}

vec3 sclera_colour(float angle, float radius) {
    vec3 c = sclera * (1.0 - 0.12 * texture(volume_noise, rest * 0.02).r);
    float vein = smoothstep(0.63, 0.8, texture(strands, vec2(angle * 1.5 + rest.y * 0.15, radius * 0.12)).r);
    c = mix(c, c * vec3(1.0, 0.72, 0.68), vein * 0.25 * smoothstep(1.3, 2.4, radius));
    return mix(c, c * vec3(0.95, 0.72, 0.68), smoothstep(1.6, 2.6, radius) * 0.6);
}

Surface make_surface(inout vec3 n) {
    bool left = rest.x > 0.0;
    vec3 outward = normalize(rest - (left ? left_eye : right_eye));
    float radius = length(outward.xy) / IRIS_RADIUS, angle = atan(outward.y, outward.x);
    class_number = left ? RIGHT_EYE_CLASS : LEFT_EYE_CLASS;
    vec3 albedo = mix(iris_colour(angle, radius), sclera_colour(angle, radius), smoothstep(0.93, 1.07, radius));
    return Surface(albedo, 0.16, 1.1, 0.78, vec3(0.5, 0.42, 0.4));
}

vec3 reflected_window(vec3 n, vec3 view, vec3 ambient, float key) {
    vec3 reflected = reflect(-view, n);
    float window = smoothstep(0.955, 0.975, dot(reflected, normalize(light_direction + vec3(0, 0.12, 0))));
    return light * window * 0.9 * mix(0.5, 1.0, key) + ambient * 0.12 * smoothstep(0.2, 0.9, reflected.y);
}
