# SPDX-License-Identifier: Apache-2.0
"""A headless OpenGL context through EGL, and thin helpers over ModernGL."""
from pathlib import Path

import moderngl
import numpy as np

SHADERS = Path(__file__).parent / "shaders"


def create_context():
    """One per process, after any fork. The versioned names exist without -dev packages."""
    return moderngl.create_context(standalone=True, backend="egl", libgl="libGL.so.1", libegl="libEGL.so.1")


def shader_source(*names, define=""):
    """Several shader files joined into one."""
    definition = f"#define {define}\n" if define else ""
    return "#version 330\n" + definition + "".join((SHADERS / f"{name}.glsl").read_text() for name in names)


def set_uniforms(program, values):
    """Sets those that the program has: the compiler drops unused ones."""
    for name, value in values.items():
        if name not in program:
            continue
        if isinstance(value, np.ndarray):
            # GLSL stores matrices column by column; a matrix in rows would turn the head the other way.
            program[name].write(np.ascontiguousarray(value.T, "f4").tobytes())
        else:
            program[name].value = value


def texture_2d(context, pixels):
    channels = pixels.shape[2]
    texture = context.texture(pixels.shape[1::-1], channels, np.ascontiguousarray(pixels).tobytes())
    _smooth(texture)
    return texture


def texture_layers(context, pixels):
    layers, height, width, channels = pixels.shape
    texture = context.texture_array((width, height, layers), channels, np.ascontiguousarray(pixels).tobytes())
    _smooth(texture)
    texture.repeat_x = texture.repeat_y = False
    return texture


def _smooth(texture):
    texture.build_mipmaps()
    # The nearest mipmap: blending two is not seen and costs a tenth of the frame on a processor.
    texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)


class Mesh:
    """Positions and normals that change, what stays, and triangles in named groups."""

    def __init__(self, context, rest, groups, uv=None, extra=None):
        count = len(rest)
        self.context = context
        self.extra = np.zeros((count, 4), "f4") if extra is None else np.stack(extra, 1).astype("f4")
        uv = np.zeros((count, 2)) if uv is None else uv
        self._moving = context.buffer(reserve=count * 24)
        self._fixed = context.buffer(np.concatenate([rest, uv], 1).astype("f4").tobytes())
        self._extra = context.buffer(self.extra.tobytes())
        self._indices = {
            name: context.buffer(np.ascontiguousarray(faces, "i4").tobytes()) for name, faces in groups.items()
        }
        self._arrays = {}

    def move(self, positions, normals):
        self._moving.write(np.concatenate([positions, normals], 1).astype("f4").tobytes())

    def set_occlusion(self, values):
        self.extra[:, 1] = values
        self._extra.write(self.extra.tobytes())

    def draw(self, program, group="all"):
        key = (program.glo, group)
        if key not in self._arrays:
            buffers = [
                (self._moving, "3f 3f", "in_position", "in_normal"),
                (self._fixed, "3f 2f", "in_rest", "in_uv"),
                (self._extra, "4f", "in_extra"),
            ]
            self._arrays[key] = self.context.vertex_array(
                program, buffers, self._indices[group], skip_errors=True
            )
        self._arrays[key].render(moderngl.TRIANGLES)


class DepthMap:
    """A square depth picture, for shadows and occlusion."""

    SIZE = 512

    def __init__(self, context):
        size = (self.SIZE, self.SIZE)
        self.texture = context.depth_texture(size)
        self.texture.compare_func = "<="
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.texture.repeat_x = self.texture.repeat_y = False
        self._target = context.framebuffer([], self.texture)

    def begin(self):
        self._target.use()
        self._target.viewport = (0, 0, self.SIZE, self.SIZE)
        self._target.clear(depth=1.0)

    def read(self):
        return np.frombuffer(self.texture.read(), "f4").reshape(self.SIZE, self.SIZE)


class Canvas:
    """What is drawn into: colour, class numbers and depth, and the same without the class numbers."""

    def __init__(self, context, size):
        self.size = size
        self._colour = context.texture((size, size), 4)
        self._classes = context.texture((size, size), 1, dtype="u1")
        self._depth = context.depth_texture((size, size))
        self._all = context.framebuffer([self._colour, self._classes], self._depth)
        self._colour_only = context.framebuffer([self._colour], self._depth)

    def begin(self):
        self._all.use()
        self._all.viewport = (0, 0, self.size, self.size)
        self._all.clear()

    def begin_overlay(self):
        self._colour_only.use()

    def read(self):
        """Colour [h, w, 3], class numbers [h, w] and depth [h, w], top row first."""
        shape = (self.size, self.size)
        colour = np.frombuffer(self._colour.read(), "u1").reshape(*shape, 4)
        classes = np.frombuffer(self._classes.read(), "u1").reshape(shape)
        depth = np.frombuffer(self._depth.read(), "f4").reshape(shape)
        return colour[::-1, :, :3], classes[::-1], depth[::-1]
