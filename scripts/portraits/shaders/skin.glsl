// SPDX-License-Identifier: Apache-2.0
// Face (FACE defined) and the back of head and neck: tone, blemishes, beard, painted hair, brows, wrinkles.
uniform sampler2D colour_regions;   // lips, beard, blush, around the eyes
uniform sampler2D surface_regions;  // lid crease, oily zone
uniform sampler2D upper_wrinkles;   // forehead, frown, crow's feet, smile
uniform sampler2D lower_wrinkles;   // nose, chin bumps, marionette, lip lines
uniform sampler2DArray brows;       // strokes, region
uniform usampler2D class_map;
uniform float brow_layer;
uniform vec2 brow_rows;
uniform vec3 skin, lips, hair, brow_colour, skin_seed;
uniform vec4 upper_strength, lower_strength;  // of the wrinkles
uniform float age, freckles, blush, beard, brow_strength, mottling, oiliness;
uniform float scalp_hair, hairline_shift;

const bool TWO_SIDED = false;
const float TRANSLUCENT = 1.0;
const float KEY_OCCLUSION = 0.55;

struct Regions {
    vec4 colours, surfaces, upper, lower;
    vec2 brow;
};

Regions read_regions() {
    Regions regions = Regions(vec4(0), vec4(0), vec4(0), vec4(0, 0.5, 0, 0.5), vec2(0));
#ifdef FACE
    vec2 at = vec2(uv.x, 1.0 - uv.y);
    regions.colours = texture(colour_regions, at);
    regions.surfaces = texture(surface_regions, at);
    regions.upper = texture(upper_wrinkles, at);
    regions.lower = texture(lower_wrinkles, at);
    class_number = texture(class_map, at).r;
    float row = (at.y - brow_rows.x) / (brow_rows.y - brow_rows.x);
    if (row > 0.0 && row < 1.0) regions.brow = texture(brows, vec3(uv.x, row, brow_layer)).rg;
#else
    class_number = rest.y > -6.0 && rest.z > -1.5 ? SKIN_CLASS : NECK_CLASS;
#endif
    return regions;
}

// Skin without hair. coarse, middle, fine: noise in cells of 2.6, 0.7 and 0.2 cm.
vec3 skin_colour(Regions r, vec4 coarse, vec4 middle, vec4 fine) {
    vec3 c = skin;
    c *= 1.0 + mottling * ((coarse.r - 0.5) * 0.34 + (coarse.g - 0.5) * vec3(0.12, -0.1, -0.12)
        + (middle.r - 0.5) * 0.24 + (middle.g - 0.5) * vec3(0.1, -0.14, -0.14) + (fine.r - 0.5) * 0.12);
    vec4 spots = texture(volume_noise, rest * 0.13 + skin_seed);
    float freckle = smoothstep(0.6, 0.85, spots.g * 0.7 + middle.a * 0.35) * freckles * (0.15 + r.colours.b);
    c = mix(c, c * vec3(0.72, 0.52, 0.42), clamp(freckle, 0.0, 0.8));
    c = mix(c, c * vec3(1.06, 0.66, 0.64), clamp(r.colours.b * blush * (0.6 + 0.8 * coarse.g), 0.0, 1.0));
    c = mix(c, c * vec3(0.82, 0.66, 0.68), r.colours.a * (0.3 + 0.45 * age));
    vec4 upper = r.upper * upper_strength;
    vec2 lower = r.lower.rb * lower_strength.xz;
    float lines = upper.x * 0.18 + upper.y * 0.25 + upper.z * 0.22 + upper.w * 0.3 + lower.x * 0.2 + lower.y * 0.2;
    c *= 1.0 - lines * vec3(0.55, 0.8, 0.85);
    return mix(c, lips * (0.85 + 0.3 * r.lower.a + 0.25 * (middle.r - 0.5)), r.colours.r * 0.85);
}

// Height of the skin's relief in cm. More than 0.012 of fine noise looks like orange peel.
float skin_height(Regions r, float fine_noise) {
    vec4 upper = r.upper * upper_strength;
    vec2 lower = r.lower.rb * lower_strength.xz;
    float lines = upper.x + upper.y * 1.1 + upper.z * 0.8 + upper.w * 1.3 + lower.x * 0.9 + lower.y;
    return -lines * 0.085 - r.surfaces.r * 0.04 + (r.lower.g - 0.5) * lower_strength.y * 0.08
        + (r.lower.a - 0.5) * 0.03 + (fine_noise - 0.5) * 0.012 * (1.0 - r.colours.r)
        + r.brow.r * 0.03 * brow_strength;
}

// Short hair painted on the scalp below every style; the buzz cut is nothing else. Returns its coverage.
float scalp_coverage(float middle_noise, float fine_noise) {
    float angle = atan(rest.x, rest.z + 1.0);
    float streak = texture(strands, vec2(angle * 7.0, rest.y * 0.03)).r;
    float depth = extra + hairline_shift + (streak - 0.5) * 2.4 + (fine_noise - 0.5) * 0.8 + (middle_noise - 0.5) * 1.2;
    return smoothstep(-0.7, 1.2, depth);
}

Surface make_surface(inout vec3 n) {
    Surface s = Surface(vec3(0), 0.42, 1.0, occlusion, vec3(0.42, 0.2, 0.12));
    if (rest.y < -11.0) {
        float below = below_neckline();
        if (below > 0.04) discard;
        s.occlusion *= 1.0 - 0.5 * smoothstep(-1.2, 0.3, below);
    }
    vec4 coarse = two_octaves(rest * 0.006 + skin_seed), middle = two_octaves(rest * 0.022 + skin_seed.zxy);
    vec4 fine = texture(volume_noise, rest * 0.075 + skin_seed.yzx);
    Regions r = read_regions();
    s.albedo = skin_colour(r, coarse, middle, fine);
    float height = skin_height(r, fine.r);

    float beard_streak = texture(strands, vec2(uv.x * 34.0, uv.y * 7.0)).r;
    float beard_here = r.colours.g * beard * (0.65 + 0.7 * coarse.b);
    float strokes = 1.1 * smoothstep(0.42, 0.62, beard_streak) * step(0.35, beard);
    float stubble = 0.25 * smoothstep(0.5, 0.7, fine.b);
    s.albedo = mix(s.albedo, hair * 0.9 + 0.04 * s.albedo, clamp(beard_here * (0.35 + strokes + stubble), 0.0, 0.93));

    float cover = scalp_coverage(middle.g, fine.b) * scalp_hair;
    float strand = texture(strands, vec2(atan(rest.x, rest.z + 1.0) * 9.0, rest.y * 0.13)).r;
    s.albedo = mix(s.albedo, hair * (0.55 + 0.9 * strand * fine.a + 0.2), cover);
    if (scalp_hair > 0.4 && cover / scalp_hair > 0.55) {
        class_number = HAIR_CLASS;
        s.specular = 0.5;
    }
    s.specular *= 1.0 - 0.6 * cover;
    height += (fine.r - 0.5) * 0.3 * cover;

    s.albedo = mix(s.albedo, brow_colour * (0.8 + 0.4 * fine.r), r.brow.r * brow_strength);
    if (r.brow.g > 0.5 && brow_strength > 0.15) class_number = rest.x < 0.0 ? LEFT_BROW_CLASS : RIGHT_BROW_CLASS;

    float oil = r.surfaces.g * oiliness;
    s.roughness = mix(0.52, 0.42, oil);
    s.specular *= 0.38 + 0.45 * oil + 0.2 * (fine.g - 0.5) + 0.25 * (middle.r - 0.5);
    if (r.colours.r > 0.3) {
        s.roughness = mix(s.roughness, 0.4, r.colours.r);
        s.specular = mix(s.specular, 0.75, r.colours.r);
    }
    s.specular *= (1.0 - r.brow.r * 0.7) * (1.0 - 0.6 * clamp(beard_here, 0.0, 1.0));

    float area;
    vec3 slope = surface_slope(n, height, area);
    n = normalize(area * n - clamp(slope, -area * 0.9, area * 0.9));
    s.occlusion = mix(s.occlusion, 1.0, 0.12);
    return s;
}

vec3 reflected_window(vec3 n, vec3 view, vec3 ambient, float key) { return vec3(0); }
