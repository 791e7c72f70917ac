// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/parse_job.hpp"

#include <opencv2/imgproc.hpp>
#include <ostream>

#include "input_loop.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

JobResult run_parse(const ParseOptions& options, std::istream& list, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  pipeline::check_compute(options.compute);
  pipeline::FaceAnalyser faces(bundle, options.compute);
  return for_each_input(options.inputs, list, [&](const fs::path& path) {
    const auto picture = image::read_picture(path);
    const auto analysis = faces.analyse(picture.rgb, faces.largest_face(picture.rgb));
    cv::Mat classes;
    cv::cvtColor(analysis.class_map, classes, cv::COLOR_GRAY2RGB);
    std::error_code failure;
    fs::create_directories(options.out, failure);
    if (failure) throw ItemError(options.out.string() + ": the folder can't be made (" + failure.message() + ")");
    for (const auto& [suffix, image] : {std::pair{"_crop", analysis.crop}, {"_condition", analysis.condition},
                                        {"_classes", classes}, {"_contour", analysis.contour}}) {
      const auto target = options.out / (path.stem().string() + suffix + ".png");
      if (!options.overwrite && fs::exists(target)) {
        throw ItemError(target.string() + " exists; give --overwrite to replace it, or another --out");
      }
      write_file_atomically(target, image::encode_picture({image, {}}, {image::Format::png, 95, {}}));
      out << target.string() << std::endl;
    }
  });
}

}  // namespace magicface::app
