// SPDX-License-Identifier: Apache-2.0
// Turns the head on the neck and projects. One vertex shader for everything but the background.
in vec3 in_position, in_normal;
in vec3 in_rest;   // where the vertex lies in the neutral template: textures made of noise stick to it
in vec2 in_uv;
in vec4 in_extra;  // kind of surface, ambient occlusion, share of the head's rotation, one more value

uniform mat4 view_projection;
uniform mat3 head_rotation, body_rotation;
uniform vec3 neck_pivot, eye_position;

out vec3 position, normal, rest, to_eye;
out vec2 uv;
flat out int part;
out float occlusion, extra;  // extra: height over the hairline, distance to the strand's tip, or opacity

void main() {
    vec3 with_head = head_rotation * (in_position - neck_pivot) + neck_pivot;
    vec3 with_body = body_rotation * (in_position - neck_pivot) + neck_pivot;
    position = mix(with_body, with_head, in_extra.z);
    normal = normalize(mix(body_rotation * in_normal, head_rotation * in_normal, in_extra.z));
    rest = in_rest;
    uv = in_uv;
    part = int(in_extra.x + 0.5);
    occlusion = in_extra.y;
    extra = in_extra.w;
    to_eye = eye_position - position;
    gl_Position = view_projection * vec4(position, 1.0);
}
