// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/parse_job.hpp"

#include <map>
#include <ostream>

#include "input_loop.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/pipeline/engine.hpp"
#include "parse_pictures.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

JobResult run_parse(const ParseOptions& options, std::istream& list, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  pipeline::check_compute(options.compute);
  pipeline::FaceAnalyser faces(bundle, options.compute);
  std::map<fs::path, fs::path> named;  // pictures made, and from what
  return for_each_input(options.inputs, list, [&](const fs::path& path) {
    const auto picture = image::read_picture(path, options.limits);
    const auto chosen = faces.choose(picture.rgb, options.face);
    make_folder(options.out);
    for (const auto& face : chosen) {
      for (const auto& warning : face.usability.warnings) log::warn(path.string() + ": " + warning);
      if (face.usability.problem) log::warn(path.string() + ": left out: " + *face.usability.problem);
      if (face.usability.problem) continue;
      const auto name = path.stem().string() + (chosen.size() > 1 ? "_face" + std::to_string(face.number) : "");
      for (const auto& [part, rgb] : parse_pictures(faces.analyse(picture.rgb, face.face, options.mask_policy))) {
        const auto target = options.out / (name + "_" + part + ".png");
        if (const auto& first = named.emplace(target, path).first->second; first != path) {
          throw ItemError(target.string() + " is already made from " + first.string() +
                          "; give the pictures names of their own, or parse each into its own --out");
        }
        keep_existing(target, options.overwrite);
        write_file_atomically(target, image::encode_picture({rgb, {}}, {image::Format::png, {}, {}}));
        out << target.string() << std::endl;
      }
    }
  });
}

}  // namespace magicface::app
