// SPDX-License-Identifier: Apache-2.0
#include "output_writer.hpp"

#include <algorithm>

#include "magicface/core/hash.hpp"
#include "magicface/core/log.hpp"
#include "picture_record.hpp"
#include "stopwatch.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Pictures waiting to be written: enough to cover a slow encoding, few enough for large ones. A batch ends all at
/// once, so it must fit, or the model waits for the encoder.
std::size_t waiting(const EditOptions& options) {
  return static_cast<std::size_t>(std::max(2, options.compute.batch_size));
}

}  // namespace

OutputWriter::OutputWriter(const EditOptions& options, EditReport& report, const ItemRecorder& recorder,
                           RecordFile* records, EditSheets& sheets, Progress& progress)
    // What a run that goes on may replace was decided by its records, which it alone holds.
    : existing_(options.overwrite || options.batch.goes_on() ? Existing::replace : Existing::keep),
      report_(report),
      recorder_(recorder),
      records_(records),
      sheets_(sheets),
      progress_(progress),
      queue_(waiting(options)),
      thread_([this] { work(); }) {}

void OutputWriter::put(Product product) {
  if (product.outcome.error) ++failed_;
  queue_.push(std::move(product));
}

void OutputWriter::finish() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void OutputWriter::work() {
  while (auto product = queue_.pop()) {
    auto& outcome = product->outcome;
    const bool had_failed = outcome.error.has_value();
    if (!outcome.error && !outcome.skipped) write(*product);
    sheets_.add(outcome);
    if (!outcome.skipped) record(outcome);
    if (outcome.error && !had_failed) ++failed_;
    progress_.clear();
    report_.add(outcome);
  }
}

void OutputWriter::write(Product& product) {
  auto& outcome = product.outcome;
  try {
    const Stopwatch encoding;
    if (!product.encoding.parameters.empty()) put_record_into(product.picture.metadata, recorder_.portable(outcome));
    std::vector<std::string> lacks;
    const auto bytes = image::encode_picture(product.picture, product.encoding, &lacks);
    for (const auto& warning : lacks) log::warn(outcome.output.string() + ": " + warning);
    outcome.warnings.insert(outcome.warnings.end(), lacks.begin(), lacks.end());
    outcome.stages.emplace_back("encode", encoding.seconds());
    const Stopwatch writing;
    make_folder_of(outcome.output);
    if (records_ != nullptr) records_->started(outcome.item->first + outcome.edit, {outcome.output});
    write_file_atomically(outcome.output, bytes, existing_);
    outcome.stages.emplace_back("write", writing.seconds());
    outcome.files.push_back({outcome.output, sha256_of_bytes(bytes.data(), bytes.size()), bytes.size()});
  } catch (const std::exception& problem) {
    outcome.error = problem.what();
  }
}

/// A picture without a record can't be found again: it counts as failed.
void OutputWriter::record(EditOutcome& outcome) {
  if (records_ == nullptr) return;
  try {
    records_->item(recorder_.item(outcome));
  } catch (const std::exception& problem) {
    if (!outcome.error) outcome.error = problem.what();
  }
}

}  // namespace magicface::app
