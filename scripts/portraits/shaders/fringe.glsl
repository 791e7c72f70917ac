// SPDX-License-Identifier: Apache-2.0
uniform float fringe_height;

// Hair in front of the face hides the eyes of several styles, so a fringe is cut into it. Returns how far a
// point is from being cut off (negative: cut); large outside the face. The shadow pass needs the same cut, or
// the fringe leaves a mask-like shadow.
float spared_by_fringe(vec3 point, float height) {
    if (!(point.z > 4.5 && abs(point.x) < 9.0 && point.y > -9.0)) return 1000.0;
    float above = point.y - (height - 0.03 * point.x * point.x);
    float beside = abs(point.x) - 6.3 + max(0.0, 5.0 - point.z);
    return max(above, beside);
}
