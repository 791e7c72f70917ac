// SPDX-License-Identifier: Apache-2.0
// Strands: streak noise along the flow from the crown, ragged tips, two Kajiya-Kay highlights.
uniform vec3 hair, hair_tips;
uniform float style, raggedness, hair_seed, gloss, curl;

const float CURLY = 1.0, TIED_BACK = 2.0;

float sine_to(vec3 strand, vec3 direction) {
    float cosine = dot(strand, direction);
    return sqrt(max(1.0 - cosine * cosine, 0.0));
}

void main() {
    vec3 n = normalize(normal), view = normalize(to_eye);
    bool tied = style == TIED_BACK;
    vec3 from_origin = rest - (tied ? vec3(0, 10.0, 6.0) : vec3(0, 13.0, -2.0));
    vec4 broad = texture(volume_noise, rest * 0.0045 + hair_seed);
    vec4 medium = texture(volume_noise, rest * 0.014 + hair_seed);

    // The meshes' own texture coordinates are laid out differently in each style: angle and distance instead.
    float angle = tied ? atan(from_origin.x, from_origin.y + 2.0) : atan(from_origin.x, from_origin.z);
    float along = length(from_origin);
    float wave = curl * (medium.r - 0.5) * 0.1 + curl * 0.018 * sin(along * 1.2 + broad.g * 9.0);
    vec2 at = vec2(angle * 2.6 + (broad.r - 0.5) * 0.33 + wave, along * 0.022 + broad.g * 0.4);
    float lock = texture(strands, at * vec2(0.8, 0.5) + hair_seed).b;
    float strand = texture(strands, at * vec2(2.1, 1.0)).g, fine = texture(strands, at * vec2(4.7, 2.0)).r;
    float relief = lock * 0.26 + strand * 0.34 + fine * 0.4;
    if (style == CURLY) {
        relief = texture(volume_noise, rest * 0.035).r * 0.5 + texture(volume_noise, rest * 0.08).g * 0.5;
    }

    float spared = spared_by_fringe(rest, fringe_height + (medium.r - 0.5) * 1.2);
    if (spared < 0.02) discard;
    float edge = min(extra, spared * 1.3) / raggedness;
    if (edge < 1.0 && strand * 0.55 + fine * 0.45 + (medium.g - 0.5) * 0.2 > 0.28 + 0.75 * edge) discard;
    class_number = HAIR_CLASS;

    vec3 flow = head_rotation * (rest.y < -4.0 ? vec3(0, -1, 0) : from_origin);
    vec3 tangent = normalize(flow - n * dot(n, flow));
    tangent = normalize(tangent + n * (relief - 0.5) * 0.9 + cross(tangent, n) * (lock - 0.5) * 0.5);
    float key = lit(position, n * 2.0), raised = smoothstep(0.25, 0.75, relief);
    vec3 lighter = mix(hair, hair_tips, broad.b) * 1.2 + 0.006;
    vec3 albedo = mix(hair * 0.5, lighter, raised) * (0.8 + 0.4 * medium.b);

    float facing = clamp(dot(n, light_direction) * 0.6 + 0.4, 0.0, 1.0);
    vec3 halfway = normalize(light_direction + view);
    float white = pow(sine_to(normalize(tangent + n * (strand - 0.5) * 0.35), halfway), 55.0);
    float tinted = pow(sine_to(normalize(tangent + n * 0.22), halfway), 22.0);
    float open = occlusion * mix(0.6, 1.0, raised);
    vec3 key_light = light * sine_to(tangent, light_direction) * facing * mix(0.15, 1.0, key) * open;
    vec3 rim_light = rim * clamp(dot(n, rim_direction) + 0.1, 0.0, 1.0) * 0.7;
    vec3 result = albedo * (key_light + ambient_light(n.y) * open + rim_light);
    result += gloss * light * (white * 0.055 + albedo * tinted * 0.5) * facing * mix(0.1, 1.0, key) * raised;
    result += rim * pow(1.0 - abs(dot(n, view)), 3.0) * 0.1 * raised;
    colour = vec4(tone_curve(result), 1.0);
}
