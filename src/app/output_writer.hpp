// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

#include "edit_report.hpp"
#include "edit_sheets.hpp"
#include "item_record.hpp"
#include "magicface/core/bounded_queue.hpp"
#include "magicface/core/files.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/image/picture.hpp"
#include "progress.hpp"
#include "record_file.hpp"

namespace magicface::app {

/// How an edit ended, and its picture where there is one to write.
struct Product {
  EditOutcome outcome;
  image::Picture picture;  ///< empty: failed or skipped
  image::EncodeOptions encoding;
};

/// Encodes, writes, records and reports on a thread of its own, in the order given, while the model works on the next.
class OutputWriter {
 public:
  /// `records` may be null.
  OutputWriter(const EditOptions& options, EditReport& report, const ItemRecorder& recorder, RecordFile* records,
               EditSheets& sheets, Progress& progress);
  OutputWriter(const OutputWriter&) = delete;
  OutputWriter& operator=(const OutputWriter&) = delete;
  ~OutputWriter() { finish(); }

  /// Waits while too many pictures are on their way.
  void put(Product product);
  /// Ends what is on its way; nothing can be put any more.
  void finish();
  /// Failed items so far; what fails while it is written counts when it is its turn.
  std::size_t failed() const { return failed_; }

 private:
  void work();
  void write(Product& product);
  void record(EditOutcome& outcome);

  Existing existing_;
  EditReport& report_;
  const ItemRecorder& recorder_;
  RecordFile* records_;
  EditSheets& sheets_;
  Progress& progress_;
  BoundedQueue<Product> queue_;
  std::atomic<std::size_t> failed_{0};
  std::thread thread_;
};

}  // namespace magicface::app
