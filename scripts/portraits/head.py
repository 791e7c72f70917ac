# SPDX-License-Identifier: Apache-2.0
"""The deforming head: identity and expression to vertices and normals."""
import numpy as np
import scipy.sparse

from . import action_units
from .assets import LEFT_EYE_VERTICES, RIGHT_EYE_VERTICES
from .geometry import head_weight, unit

EYE_DEPTH = 6.34206 + 1.545  # centre of the outer ball: it is no full sphere, so its bounds do not tell


class Head:
    def __init__(self, model, faces):
        self.model, self.faces = model, faces
        self.head_weight = head_weight(model.vertices)
        # Adding up the normals of the triangles around each vertex is one sparse product.
        count = len(faces)
        ones, triangle = np.ones(3 * count, "f4"), np.tile(np.arange(count), 3)
        shape = (len(model.vertices), count)
        self._around = scipy.sparse.csr_matrix((ones, (faces.ravel("F"), triangle)), shape=shape)
        names = model.expression_names
        self._lower_lip = [names.index("mouthLowerDown_L"), names.index("mouthLowerDown_R")]
        self._lower_lip_shape = model.expression[self._lower_lip].sum(0).reshape(-1, 3)

    def person(self, portrait):
        """Vertices of the person, before any expression."""
        components = self.model.identity
        vertices = self.model.vertices.ravel() + portrait.identity[: len(components)] @ components
        return vertices.reshape(-1, 3)

    def express(self, person, portrait):
        """Vertices with the portrait's expression, before the head turns."""
        model = self.model
        weights = action_units.shape_weights(portrait.action_units, model.expression_names, portrait.gaze)
        weights[self._lower_lip] += action_units.lip_seal(person, self._lower_lip_shape, model.landmarks)
        used = np.nonzero(weights)[0]
        return person + (weights[used] @ model.expression[used]).reshape(-1, 3)

    def normals(self, vertices):
        corner = vertices[self.faces[:, 0]]
        first, second = (vertices[self.faces[:, k]] - corner for k in (1, 2))
        return unit(self._around @ np.cross(first, second))

    def eye_centres(self):
        """Centres of the template's eyes: the iris is drawn in the template's space."""
        centres = []
        for part in (LEFT_EYE_VERTICES, RIGHT_EYE_VERTICES):
            ball = self.model.vertices[part]
            x, y, _ = (ball.max(0) + ball.min(0)) / 2
            centres.append(np.array([x, y, EYE_DEPTH]))
        return centres
