// SPDX-License-Identifier: Apache-2.0
// Blended over the finished head, in colour only: lashes on their band, and the lids' soft shadow on the eye.
in vec3 rest;
in vec2 uv;
in float extra;  // opacity of the shadow
layout(location = 0) out vec4 colour;
uniform vec4 overlay_colour;
uniform float is_lashes;

const float LOWER_LASHES_BELOW = 3.15;

void main() {
    if (is_lashes < 0.5) {
        colour = vec4(overlay_colour.rgb, overlay_colour.a * extra);
        return;
    }
    // The upper lashes' roots lie at v = 1 and the lower ones' at v = 0. A solid band would be heavy eyeliner.
    vec2 at = fract(uv);
    float to_tip = at.y > 0.5 ? (1.0 - at.y) / 0.45 : at.y / 0.45;
    float hairs = 0.5 + 0.5 * sin(at.x * 190.0 + sin(at.x * 37.0) * 3.0);
    float cover = smoothstep(to_tip * 1.15 - 0.1, to_tip * 1.15 + 0.25, hairs + 0.15) * (1.0 - 0.5 * to_tip);
    colour = vec4(overlay_colour.rgb, overlay_colour.a * cover * (rest.y < LOWER_LASHES_BELOW ? 0.35 : 1.0));
}
