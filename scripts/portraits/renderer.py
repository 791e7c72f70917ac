# SPDX-License-Identifier: Apache-2.0
"""Draws portraits with OpenGL and returns them with their labels."""
from dataclasses import dataclass

import moderngl
import numpy as np

from . import action_units, assets, labels
from .background import SIZE as BACKGROUND_SIZE
from .bake import load_baked
from .geometry import head_weight, looking_along, smoothstep
from .gl import Canvas, DepthMap, Mesh, create_context, set_uniforms, shader_source, texture_2d, texture_layers
from .head import Head
from .occlusion import bake_occlusion
from .raster import blur, shrink
from .view import View

TEXTURES = ("colour_regions", "surface_regions", "upper_wrinkles", "lower_wrinkles", "strands")
HAIR_SHADING = {"afro01": 1.0, "ponytail01": 2.0}  # as hair.glsl numbers them; 0 for all others
SHADOW_RADIUS = 27.0
LASH_COLOUR, EYE_SHADOW_COLOUR = (0.02, 0.015, 0.012), (0.04, 0.015, 0.01)
# Which of the head's triangle groups each program draws, in this order.
HEAD_GROUPS = ("face", "back", "mouth", "eyes")


@dataclass
class Picture:
    rgb: np.ndarray  # [size, size, 3] uint8
    classes: np.ndarray  # [size, size] uint8, the face parser's order
    landmarks: np.ndarray  # [68, 2] pixels
    visible: np.ndarray  # [68] bool
    neutral_jaw: np.ndarray  # [17, 2] pixels


class Renderer:
    """One per process. `supersampling`: drawn pixels per pixel and axis, a whole number."""

    def __init__(self, assets_folder, cache=None, size=256, supersampling=2):
        self.size, self.supersampling = size, supersampling
        baked = load_baked(assets_folder, cache)
        model = assets.load_face_model(assets_folder)
        self.head = Head(model, baked["all_faces"])
        self._source_vertex = baked["source_vertex"]
        self.context = create_context()
        self._canvas = Canvas(self.context, size * supersampling)
        self._shadow = DepthMap(self.context)
        self._build_programs()
        self._build_textures(baked)
        self._build_meshes(baked)
        self._bake_occlusion()
        self._brow_rows = baked["brow_rows"]
        self._eyes = self.head.eye_centres()
        grain = np.random.default_rng(0).normal(0, 1, (2 * size, 2 * size, 3)).astype("f4")
        self._grain = grain * 0.6 + 0.55 * grain.mean(-1, keepdims=True) * 1.7

    @property
    def hair_styles(self):
        return list(self._hair)

    # Building

    def _build_programs(self):
        def program(*fragment, define="", vertex="vertex"):
            return self.context.program(
                vertex_shader=shader_source(vertex), fragment_shader=shader_source(*fragment, define=define)
            )

        # Mesa's software rasteriser runs every branch under a mask, so one program for each kind of surface
        # is much faster than one with branches.
        begin, end = ("common", "surface"), ("head_lighting",)
        self._head_programs = [
            program(*begin, "neckline", "skin", *end, define="FACE"),
            program(*begin, "neckline", "skin", *end),
            program(*begin, "mouth", *end),
            program(*begin, "eye", *end),
        ]
        self._hair_program = program("common", "surface", "fringe", "hair")
        self._cloth_program = program("common", "surface", "neckline", "cloth")
        self._overlay_program = program("overlay")
        self._depth_program = program("depth_only")
        self._hair_shadow_program = program("fringe", "hair_shadow")
        self._background_program = program("background", vertex="background_vertex")

    def _build_textures(self, baked):
        context = self.context
        textures = {name: texture_2d(context, baked[name]) for name in TEXTURES}
        textures["brows"] = texture_layers(context, baked["brows"])
        class_map = baked["class_map"]
        textures["class_map"] = context.texture(class_map.shape[::-1], 1, class_map.tobytes(), dtype="u1")
        textures["class_map"].filter = (moderngl.NEAREST, moderngl.NEAREST)
        volume = baked["volume_noise"]
        textures["volume_noise"] = context.texture3d(volume.shape[2::-1], 4, volume.tobytes())
        textures["volume_noise"].filter = (moderngl.LINEAR, moderngl.LINEAR)
        textures["shadow_map"] = self._shadow.texture
        self._background = context.texture((BACKGROUND_SIZE, BACKGROUND_SIZE), 3)
        self._background.repeat_x = self._background.repeat_y = False
        # Unit 0 is the background's.
        self._units = {name: unit for unit, name in enumerate(textures, 1)}
        self._textures = textures

    def _build_meshes(self, baked):
        context, part, rest = self.context, baked["part"], baked["rest"]
        opaque = baked["opaque_faces"]
        kind = part[opaque[:, 0]]
        inside = opaque[(kind >= assets.MOUTH_SOCKET) & (kind <= assets.TEETH)]
        groups = dict(
            all=opaque,
            face=opaque[kind == assets.FACE],
            back=opaque[kind == assets.BACK_OF_HEAD],
            mouth=inside[rest[inside][:, :, 2].max(1) > 6.2],  # what lies deeper is never seen
            eyes=opaque[kind == assets.EYEBALL],
            lashes=baked["lash_faces"],
            occlusion=baked["occlusion_faces"],
        )
        extra = [part, np.ones(len(rest)), baked["head_weight"], _eye_shadow(baked)]
        self._head_mesh = Mesh(context, rest, groups, baked["uv"], extra)

        self._hair = {}
        for name in baked["hair_names"]:
            fields = ("points", "normals", "faces", "tips", "follow", "weight")
            hair = {field: baked[f"hair_{name}_{field}"] for field in fields}
            ones = np.ones(len(hair["tips"]))
            extra = [0 * ones, ones, head_weight(hair["points"]), hair["tips"]]
            hair["mesh"] = Mesh(context, hair["points"], dict(all=hair["faces"]), extra=extra)
            self._hair[str(name)] = hair

        self._torso, self._torso_normals = baked["torso_points"], baked["torso_normals"]
        groups = dict(all=baked["torso_faces"])
        zero = np.zeros(len(self._torso))
        extra = [zero, zero + 1, zero, zero]
        self._body_mesh = Mesh(context, self._torso, groups, extra=extra)
        self._cloth_mesh = Mesh(context, self._torso, groups, extra=extra)
        corners = context.buffer(np.array([-1, -1, 3, -1, -1, 3], "f4").tobytes())
        self._screen = context.vertex_array(self._background_program, [(corners, "2f", "in_corner")])

    def _bake_occlusion(self):
        self.context.enable(moderngl.DEPTH_TEST)
        vertices = self.head.model.vertices
        points = vertices[self._source_vertex]
        normals = self.head.normals(vertices)[self._source_vertex]
        self._head_mesh.move(points, normals)
        self._cloth_mesh.move(self._torso, self._torso_normals)
        receivers = [(self._head_mesh, points, normals)]
        receivers += [(hair["mesh"], hair["points"], hair["normals"]) for hair in self._hair.values()]
        receivers += [(self._cloth_mesh, self._torso, self._torso_normals)]
        blockers = [(self._head_mesh, "all"), (self._cloth_mesh, "all")]
        bake_occlusion(self._shadow, self._depth_program, blockers, receivers)

    # Drawing

    def render(self, portrait):
        person = self.head.person(portrait)
        vertices = self.head.express(person, portrait)
        view = View(portrait, self.size)
        hair = self._hair.get(portrait.hair_style)
        self._move_meshes(portrait, person, vertices, hair)

        light = portrait.light_direction / np.linalg.norm(portrait.light_direction)
        shadow_matrix = looking_along(light, view.centre + [0, -6, 0], SHADOW_RADIUS)
        self._draw_shadow(portrait, view, shadow_matrix, hair)
        self._canvas.begin()
        self._draw_background(portrait)
        self._draw_surfaces(portrait, self._common_uniforms(portrait, view, light, shadow_matrix), hair)
        self._draw_overlays(portrait, view)

        colour, classes, depth = self._canvas.read()
        pixels, landmark_depth = labels.landmark_positions(view, self.head, vertices)
        step = self.supersampling
        return Picture(
            rgb=self._develop(portrait, colour),
            classes=labels.to_parser_order(classes[step // 2 :: step, step // 2 :: step]),
            landmarks=pixels.astype("f4"),
            visible=labels.visible_landmarks(view, pixels, landmark_depth, depth),
            neutral_jaw=labels.neutral_jaw(view, self.head, person, portrait).astype("f4"),
        )

    def _move_meshes(self, portrait, person, vertices, hair):
        source = self._source_vertex
        self._head_mesh.move(vertices[source], self.head.normals(vertices)[source])
        template = self.head.model.vertices
        shift = person - template
        if hair:
            follow = (shift[hair["follow"]] * hair["weight"][..., None]).sum(1)
            hair["mesh"].move(hair["points"] + follow, hair["normals"])
        back = assets.BACK_VERTICES
        neck_shift = shift[back][template[back, 1] < -15].mean(0)
        torso, outwards = self._torso + neck_shift, self._torso_normals
        self._body_mesh.move(torso - outwards, outwards)
        self._cloth_mesh.move(torso + outwards * portrait.cloth_thickness, outwards)

    def _draw_shadow(self, portrait, view, matrix, hair):
        context = self.context
        context.enable(moderngl.DEPTH_TEST)
        context.depth_func = "<="
        context.disable(moderngl.BLEND)
        self._shadow.begin()
        uniforms = dict(view_projection=matrix, fringe_height=portrait.fringe_height, **view.uniforms())
        set_uniforms(self._depth_program, uniforms)
        self._head_mesh.draw(self._depth_program, "face")
        self._head_mesh.draw(self._depth_program, "back")
        self._cloth_mesh.draw(self._depth_program)
        if hair:
            set_uniforms(self._hair_shadow_program, uniforms)
            hair["mesh"].draw(self._hair_shadow_program)

    def _draw_background(self, portrait):
        self._background.write(portrait.background.tobytes())
        self._background.use(0)
        set_uniforms(self._background_program, dict(background=0))
        self.context.disable(moderngl.DEPTH_TEST)
        self._screen.render()
        self.context.enable(moderngl.DEPTH_TEST)

    def _common_uniforms(self, portrait, view, light, shadow_matrix):
        upper, lower = action_units.wrinkle_strengths(portrait.action_units, portrait.age)
        same_names = ("light", "sky", "ground", "rim", "exposure", "skin", "lips", "hair", "hair_tips", "iris")
        same_names += ("sclera", "pupil", "age", "freckles", "blush", "beard", "mottling", "oiliness", "skin_seed")
        same_names += ("scalp_hair", "hairline_shift", "raggedness", "fringe_height", "hair_seed", "gloss", "curl")
        same_names += ("brow_colour", "brow_strength", "cloth", "cloth_print")
        return self._units | view.uniforms() | {name: getattr(portrait, name) for name in same_names} | dict(
            view_projection=view.view_projection,
            light_direction=light,
            rim_direction=portrait.rim_direction / np.linalg.norm(portrait.rim_direction),
            shadow_matrix=shadow_matrix,
            upper_strength=upper,
            lower_strength=lower,
            neckline=np.array(portrait.neckline),
            brow_layer=float(portrait.brow_layer),
            brow_rows=self._brow_rows,
            left_eye=self._eyes[0],
            right_eye=self._eyes[1],
            pattern=float(portrait.cloth_pattern),
            style=HAIR_SHADING.get(portrait.hair_style, 0.0),
        )

    def _draw_surfaces(self, portrait, uniforms, hair):
        for name, unit in self._units.items():
            self._textures[name].use(unit)
        for program, group in zip(self._head_programs, HEAD_GROUPS):
            set_uniforms(program, uniforms)
            self._head_mesh.draw(program, group)
        set_uniforms(self._cloth_program, uniforms)
        for is_skin, mesh in ((0.0, self._cloth_mesh), (1.0, self._body_mesh)):
            set_uniforms(self._cloth_program, dict(is_skin=is_skin))
            mesh.draw(self._cloth_program)
        if hair:
            set_uniforms(self._hair_program, uniforms)
            hair["mesh"].draw(self._hair_program)

    def _draw_overlays(self, portrait, view):
        context, program = self.context, self._overlay_program
        self._canvas.begin_overlay()
        context.enable(moderngl.BLEND)
        context.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        set_uniforms(program, dict(view_projection=view.view_projection, **view.uniforms()))
        shadow = (*EYE_SHADOW_COLOUR, portrait.eye_occlusion)
        lashes = (*LASH_COLOUR, portrait.lashes)
        for group, is_lashes, colour in (("occlusion", 0.0, shadow), ("lashes", 1.0, lashes)):
            set_uniforms(program, dict(overlay_colour=np.array(colour), is_lashes=is_lashes))
            self._head_mesh.draw(program, group)
        context.disable(moderngl.BLEND)

    def _develop(self, portrait, colour):
        """Supersampled colours to a picture with a camera's blur, white balance and grain."""
        picture = shrink(colour, self.supersampling)
        if portrait.blur > 0:
            picture = blur(picture, portrait.blur)
        picture *= portrait.white_balance
        y, x = np.random.default_rng(portrait.noise_seed).integers(0, self.size, 2)
        grain = self._grain[y : y + self.size, x : x + self.size]
        brightness = np.clip(picture.mean(-1, keepdims=True), 0, 255) / 255
        picture += grain * portrait.noise * (0.4 + 0.6 * np.sqrt(brightness))
        return np.clip(picture, 0, 255).astype("u1")


def _eye_shadow(baked):
    """The head mesh's last extra value: height over the hairline, and on the occlusion mesh, whose v runs from
    the lower to the upper lid, how dark the lids' shadow is."""
    extra = baked["hairline"].copy()
    chosen = baked["part"] == assets.OCCLUSION
    u, v = baked["uv"][chosen].T
    lids = 0.75 * smoothstep(0.45, 0.8, v) + 0.3 * smoothstep(0.32, 0.08, v)
    corners = 0.25 * (smoothstep(0.15, 0, u) + smoothstep(0.85, 1, u))
    extra[chosen] = np.clip(lids + corners, 0, 1)
    return extra
