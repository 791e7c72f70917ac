// SPDX-License-Identifier: Apache-2.0
// Lights a Surface: wrapped diffuse with reddened shadow edges, two highlights, sky and rim.
float highlight(float cosine, float roughness) {
    float a = roughness * roughness;
    a *= a;
    float d = cosine * cosine * (a - 1.0) + 1.0;
    return a / (3.1416 * d * d);
}

void main() {
    vec3 n = normalize(normal), view = normalize(to_eye);
    if (TWO_SIDED && dot(n, view) < 0.0) n = -n;
    Surface s = make_surface(n);

    float key = lit(position, n), facing = dot(n, light_direction);
    vec3 diffuse = clamp((facing + s.wrap) / (1.0 + s.wrap), 0.0, 1.0);
    diffuse *= diffuse * 0.35 + 0.65;
    vec3 shadow = mix(vec3(key), pow(vec3(key + 0.0001), vec3(0.55, 0.9, 1.0)), TRANSLUCENT);
    vec3 closed_in = mix(vec3(s.occlusion), sqrt(vec3(s.occlusion)), vec3(0.55, 0.15, 0.1) * TRANSLUCENT);
    vec3 ambient = ambient_light(n.y) * closed_in;
    vec3 rim_light = rim * clamp((dot(n, rim_direction) + 0.15) / 1.15, 0.0, 1.0) * s.occlusion * 0.5;
    vec3 key_light = light * diffuse * shadow * mix(1.0, s.occlusion, KEY_OCCLUSION);
    vec3 result = s.albedo * (key_light + ambient + rim_light);

    vec3 halfway = normalize(light_direction + view);
    float fresnel = 0.028 + 0.972 * pow(1.0 - max(dot(halfway, view), 0.0), 5.0), centred = max(dot(n, halfway), 0.0);
    float lobes = highlight(centred, s.roughness) * 0.8 + highlight(centred, s.roughness * 0.6) * 0.2;
    float gloss = lobes * fresnel * max(facing, 0.0) * 0.25 / max(0.15, max(facing, dot(n, view)));
    result += light * gloss * s.specular * key * 3.14 * s.occlusion;
    float grazing = pow(1.0 - max(dot(n, view), 0.0), 4.0);
    vec3 sheen = sky * 0.25 * max(n.y * 0.5 + 0.5, 0.0) + rim * 0.35 * max(dot(n, rim_direction), 0.0);
    result += sheen * grazing * s.occlusion * s.specular * 0.6;
    result += reflected_window(n, view, ambient, key);
    colour = vec4(tone_curve(result), 1.0);
}
