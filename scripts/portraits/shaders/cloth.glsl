// SPDX-License-Identifier: Apache-2.0
// The torso, drawn twice: as cloth with a neckline, and as the skin inside it.
uniform vec3 cloth, cloth_print, skin;
uniform float pattern, hair_seed, is_skin;

vec3 printed(vec4 folds, vec4 creases) {
    if (pattern > 2.5) {
        float lines = step(0.8, fract(rest.x * 0.28)) + step(0.8, fract(rest.y * 0.28));
        return mix(cloth, cloth_print, lines * 0.5);
    }
    if (pattern > 1.5) return mix(cloth, cloth_print, step(0.55, fract(rest.y * 0.22)));
    if (pattern > 0.5) return mix(cloth, cloth_print, smoothstep(0.5, 0.6, folds.a * 0.6 + creases.a * 0.4));
    return cloth;
}

void main() {
    vec3 n = normalize(normal), albedo;
    vec4 folds = texture(volume_noise, rest * vec3(0.0035, 0.0018, 0.0035) + hair_seed);
    vec4 creases = texture(volume_noise, rest * 0.009 + hair_seed);
    float open = 0.85;
    if (is_skin > 0.5) {
        albedo = skin * (1.0 + 0.25 * (folds.rgb - 0.5));
        class_number = NECK_CLASS;
    } else {
        float below = below_neckline();
        if (below < 0.0) discard;
        float hem = smoothstep(1.1, 0.9, below);
        albedo = printed(folds, creases) * (1.0 - 0.25 * hem * step(0.55, fract(below * 2.2)));
        albedo *= 0.9 + 0.2 * texture(strands, position.xy * 0.25).a;
        open = smoothstep(-0.2, 1.6, below) * 0.25 + 0.75;
        float height = (folds.r - 0.5) * 2.4 + (creases.g - 0.5) * 0.6 + 0.25 * smoothstep(1.2, 0.8, below), area;
        vec3 slope = surface_slope(n, height, area);
        n = normalize(area * n - slope * 0.7);
        class_number = CLOTH_CLASS;
    }
    float facing = clamp((dot(n, light_direction) + 0.2) / 1.2, 0.0, 1.0);
    vec3 rim_light = rim * max(dot(n, rim_direction), 0.0) * 0.6;
    vec3 result = albedo * (light * facing * lit(position, n) + ambient_light(n.y) * open + rim_light);
    colour = vec4(tone_curve(result), 1.0);
}
