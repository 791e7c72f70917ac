// SPDX-License-Identifier: Apache-2.0
// Shared by every lit surface: inputs, lights, noise, shadow, tone curve.
in vec3 position, normal, rest, to_eye;
in vec2 uv;
flat in int part;
in float occlusion, extra;
layout(location = 0) out vec4 colour;
layout(location = 1) out uint class_number;

uniform vec3 light_direction, light, sky, ground, rim_direction, rim;
uniform float exposure;
uniform mat4 shadow_matrix;
uniform sampler2DShadow shadow_map;
uniform sampler3D volume_noise;  // white noise, 64 cells: a coordinate step of 1/64 is one cell
uniform sampler2D strands;       // streaks along v: long in b, short in r; a is plain noise
uniform mat3 head_rotation;

vec3 linear(vec3 srgb) { return pow(srgb, vec3(2.2)); }

vec4 two_octaves(vec3 point) {
    return texture(volume_noise, point) * 0.6 + texture(volume_noise, point * 2.6 + 0.37).gbar * 0.4;
}

// Share of the key light that arrives. Five taps: nine were not visibly better.
float lit(vec3 point, vec3 direction) {
    vec4 projected = shadow_matrix * vec4(point + direction * 0.22, 1.0);
    vec3 at = projected.xyz * 0.5 + 0.5;
    at.z -= 0.004;
    float sum = texture(shadow_map, at) + texture(shadow_map, at + vec3(0.0045, 0.0018, 0))
        + texture(shadow_map, at + vec3(-0.0018, 0.0045, 0)) + texture(shadow_map, at + vec3(-0.0045, -0.0018, 0))
        + texture(shadow_map, at + vec3(0.0018, -0.0045, 0));
    return sum * 0.2;
}

vec3 ambient_light(float normal_y) { return mix(ground, sky, normal_y * 0.5 + 0.5); }

// A film-like curve, then gamma.
vec3 tone_curve(vec3 light_out) {
    light_out *= exposure;
    light_out = light_out * (2.51 * light_out + 0.03) / (light_out * (2.43 * light_out + 0.59) + 0.14);
    return pow(clamp(light_out, 0.0, 1.0), vec3(1.0 / 2.2));
}

// Slope of a height field over the surface from screen derivatives, times `area` as is the result.
vec3 surface_slope(vec3 n, float height, out float area) {
    vec3 dx = dFdx(position), dy = dFdy(position);
    vec3 across_y = cross(dy, n), across_x = cross(n, dx);
    float determinant = dot(dx, across_y);
    area = abs(determinant);
    return sign(determinant) * (dFdx(height) * across_y + dFdy(height) * across_x);
}
