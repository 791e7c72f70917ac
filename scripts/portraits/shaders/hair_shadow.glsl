// SPDX-License-Identifier: Apache-2.0
in vec3 rest;
in float extra;  // distance to the strand's tip

void main() {
    if (spared_by_fringe(rest, fringe_height + 0.4) < 0.3) discard;
    if (extra < 0.8) discard;
}
