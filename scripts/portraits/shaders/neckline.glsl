// SPDX-License-Identifier: Apache-2.0
uniform vec3 neckline;  // height at the middle, slope to the front, slope to the sides

// Positive below the neckline. Cloth and the skin under it are cut by this one function, or holes open.
float below_neckline() {
    float beyond = max(abs(rest.x) - 5.0, 0.0);
    return neckline.x - neckline.y * (rest.z + 3.0) + neckline.z * abs(rest.x) + 0.12 * beyond * beyond - rest.y;
}
