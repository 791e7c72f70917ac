// SPDX-License-Identifier: Apache-2.0
// What skin.glsl, mouth.glsl and eye.glsl hand to head_lighting.glsl.
struct Surface {
    vec3 albedo;
    float roughness, specular, occlusion;
    vec3 wrap;  // how far light reaches around the edge, per channel
};

// The renderer's own class numbers (CelebAMask-HQ's list; left is the image's left in a frontal view).
const uint SKIN_CLASS = 1u, LEFT_EYE_CLASS = 4u, RIGHT_EYE_CLASS = 5u, LEFT_BROW_CLASS = 6u, RIGHT_BROW_CLASS = 7u;
const uint MOUTH_CLASS = 10u, HAIR_CLASS = 13u, NECK_CLASS = 17u, CLOTH_CLASS = 18u;
