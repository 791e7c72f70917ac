// SPDX-License-Identifier: Apache-2.0
in vec2 at;
layout(location = 0) out vec4 colour;
layout(location = 1) out uint class_number;
uniform sampler2D background;

void main() {
    colour = vec4(texture(background, at).rgb, 1.0);
    class_number = 0u;
}
