// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <map>
#include <memory>

#include "commands.hpp"
#include "expression_flags.hpp"
#include "face_flags.hpp"
#include "magicface/core/error.hpp"
#include "quality_flags.hpp"

namespace magicface::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  magicface edit --in portrait.png --au AU12=4\n"
    "  magicface edit --in photos/ --au AU4=-6,AU1=2 --au AU26=5 --out edited/\n"
    "  magicface edit --in face.png --preset surprise --au AU12=-6:6:2 --grid sheet.png --compare\n"
    "AUs: 1 inner brow up, 2 outer brow up, 4 brow down, 5 lids wide, 6 cheek up, 9 nose wrinkle,\n"
    "  12 smile, 15 mouth corners down, 17 chin up, 20 mouth stretch, 25 lips apart, 26 jaw drop.";

/// `--crop auto|none` and `--composite auto|none` as they are typed.
struct Words {
  std::string crop = "auto", composite = "auto", format;
  std::string release_input, release_condition, release_out;
  ExpressionWords expressions;
  QualityWords quality;
};

template <typename Value>
Value auto_or_none(const std::string& flag, const std::string& word, Value automatic, Value none) {
  if (word == "auto") return automatic;
  if (word == "none") return none;
  throw UsageError(flag + ": expected auto or none, got '" + word + "'");
}

void add_files(CLI::App& command, app::EditOptions& options, Words& words) {
  add_inputs(command, options.inputs);
  command.add_option("-o,--out", options.output.out, "folder, or a picture's name for one output")->type_name("PATH");
  command.add_option("--output-pattern", options.output.pattern, "{stem} {edit} {seed} {index} {face}")
      ->type_name("TEXT");
  command.add_option("--format", words.format, "png, jpg, webp, tiff or bmp; default: the input's")->type_name("NAME");
  command.add_option("--quality", options.quality, "1 to 100 for jpg and webp; default: as the input, else 95")
      ->type_name("N");
  command.add_flag_callback(
      "--no-metadata", [&options] { options.metadata = false; }, "write no EXIF, XMP and texts");
  command.add_flag("--overwrite", options.overwrite, "replace existing outputs");
  add_limits(command, options.limits);
}

void add_model(CLI::App& command, app::EditOptions& options, Words& words) {
  command.add_option("--au", options.au, "an edit: AU4=-6,AU12=2.5, or a sweep: AU12=-6:6:2; repeatable")
      ->type_name("AUS")
      ->allow_extra_args(false);
  command.add_option("--sampler", options.sampling.sampler, "unipc, ddim, ddpm, dpmpp_2m or euler")->type_name("NAME");
  command.add_option("--steps", options.sampling.steps, "1 to 999")->type_name("N");
  command.add_option("--eta", options.sampling.eta, "ddim's share of fresh noise, 0 to 1")->type_name("X");
  command.add_option("--guidance,--cfg-scale", options.sampling.guidance, "strength, 1: none (default: the bundle's)")
      ->type_name("X");
  command.add_option("--noise-scale", options.sampling.noise_scale, "of the start noise; below 1: seeds differ less")
      ->type_name("X");
  command.add_option("--seed", options.seed, "seed of the noise")->type_name("N");
  add_quality_flags(command, words.quality);
  add_bundle_flag(command, options.bundle);
  add_compute(command, options.compute);
  command.add_option("--dtype", options.compute.dtype, "auto, float32, float16 or bfloat16")->type_name("NAME");
  command.add_flag("--low-memory", options.compute.low_memory,
                   "the largest networks take turns in memory: slower, less memory");
  command.add_option("--batch-size", options.compute.batch_size, "edits sampled together")->type_name("N");
  command.add_option("--crop", words.crop, "auto, or none: the picture as it is")->type_name("WORD");
  command.add_option("--condition", options.condition, "condition image for --crop none")->type_name("PATH");
  command.add_option("--composite", words.composite, "auto, or none: the model's own picture")->type_name("WORD");
}

/// The published release's spellings: hidden, because the ones above say the same; they imply no crop and no composite.
void add_release_aliases(CLI::App& command, app::EditOptions& options, Words& words) {
  const std::string hidden;
  command.add_option("--img_path", words.release_input)->group(hidden);
  command.add_option("--bg_path", words.release_condition)->group(hidden);
  command.add_option("--saved_path", words.release_out)->group(hidden);
  command.add_option("--inference_steps", options.sampling.steps)->group(hidden);
  command.add_option("--au_test", options.release_au)->group(hidden);
  command.add_option("--AU_variation", options.release_variation)->group(hidden);
}

void apply_release_aliases(const CLI::App& command, app::EditOptions& options, Words& words) {
  const bool used = !words.release_input.empty() || !words.release_condition.empty() || !options.release_au.empty() ||
                    !options.release_variation.empty() || !words.release_out.empty();
  if (!used) return;
  if (!words.release_input.empty()) options.inputs.push_back(words.release_input);
  if (!words.release_condition.empty()) options.condition = words.release_condition;
  const bool has_out = command.count("--out") > 0;
  if (has_out && !words.release_out.empty()) throw UsageError("--out and --saved_path: keep one of them");
  if (!has_out) options.output.out = words.release_out.empty() ? "edited_images" : words.release_out;
  if (command.count("--output-pattern") == 0) options.output.pattern = "{stem}";
  words.crop = "none";
  words.composite = "none";
}

}  // namespace

void add_edit(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("edit", "edit the expression of portraits by action units");
  auto options = std::make_shared<app::EditOptions>();
  auto words = std::make_shared<Words>();
  auto faces = std::make_shared<FaceWords>();
  add_files(*command, *options, *words);
  add_model(*command, *options, *words);
  add_face_flags(*command, *faces);
  command->add_option("--mask", options->mask, "white: may change; a picture of the input's size")->type_name("PATH");
  add_expression_flags(*command, *options, words->expressions);
  add_sheet_flags(*command, options->sheets);
  add_release_aliases(*command, *options, *words);
  add_batch(*command, *options);
  command->add_flag("--json", options->json, "one JSON object per edit instead of a path");
  add_common(*command, common);
  command->footer(kExamples);
  command->callback([&action, &common, command, options, words, faces] {
    action = [&common, command, options, words, faces] {
      expect_only_flags_of_records(*command);
      apply_release_aliases(*command, *options, *words);
      options->face = faces->choice();
      options->mask_policy = faces->policy();
      apply_expression_words(words->expressions, *options);
      apply_quality(words->quality, options->sampling);
      options->crop = auto_or_none("--crop", words->crop, pipeline::Crop::automatic, pipeline::Crop::none);
      options->composite =
          auto_or_none("--composite", words->composite, pipeline::Composite::automatic, pipeline::Composite::none);
      if (!words->format.empty()) options->output.format = image::format_from_name(words->format);
      if (options->batch.jobs == "-") options->json = true;  // a pipe is answered line by line
      options->progress = !common.quiet && ::isatty(STDERR_FILENO) != 0;
      return app::run_edit(*options, std::cin, std::cout);
    };
  });
}

}  // namespace magicface::cli
