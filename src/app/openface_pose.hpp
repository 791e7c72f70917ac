// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/matx.hpp>

namespace magicface::app {

/// Pitch, yaw and roll as OpenFace writes them (pose_Rx, pose_Ry, pose_Rz).
/// Ours are rolled last, about axes to the picture's right, up, and towards the viewer: positive lowers the nose, turns
/// it to the picture's right, leans the head counter-clockwise. OpenFace's axes point right, down and away, and R = Rx
/// Ry Rz: positive lowers the nose, turns it to the picture's left, leans the head clockwise.
/// @param pose pitch, yaw, roll in radians, as FaceAnalyser::estimate_pose gives them. @returns Rx, Ry, Rz in radians
cv::Vec3d openface_pose(const cv::Vec3d& pose);

}  // namespace magicface::app
