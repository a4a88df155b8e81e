// The line that shows how far a run has come. Six times a second at most, and not before two seconds: a run
// that is over by then needs none.

import Dispatch
import Glibc
import Pipeline
import Sluice

/// Redraws one line on standard error.
final class ProgressLine: @unchecked Sendable {
  // Proof of @unchecked: everything that changes is touched on `queue` only.
  private let monitor: RunMonitor
  private let isShown: Bool
  private let waits: Bool
  private let countsKept: Bool
  private let queue = DispatchQueue(label: "sluice.progress")
  private let started = DispatchTime.now()
  private var timer: (any DispatchSourceTimer)?
  private var isDrawn = false

  init(_ monitor: RunMonitor, mode: ProgressMode, isQuiet: Bool, countsKept: Bool = true) {
    self.monitor = monitor
    self.countsKept = countsKept
    isShown = mode == .always || mode == .auto && !isQuiet && isatty(STDERR_FILENO) == 1
    waits = mode == .auto
  }

  /// Starts drawing.
  func start() {
    guard isShown, ThreadSupply.has(dispatchThreads) else { return }
    queue.sync {
      let timer = DispatchSource.makeTimerSource(queue: queue)
      timer.schedule(deadline: .now() + (waits ? 2 : 0), repeating: .milliseconds(170))
      timer.setEventHandler { [self] in draw() }
      timer.resume()
      self.timer = timer
    }
  }

  /// Takes the line away.
  func stop() {
    queue.sync {
      timer?.cancel()
      timer = nil
      if isDrawn { Messages.emit("\r\u{1B}[K") }
    }
  }

  private func draw() {
    isDrawn = true
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) / 1e9
    Messages.emit("\r\u{1B}[K" + Self.text(monitor.progress, seconds: seconds, countsKept: countsKept))
  }

  /// The line for a state.
  static func text(_ progress: RunProgress, seconds: Double, countsKept: Bool = true) -> String {
    let rate = seconds > 0 ? Double(progress.bytesRead) / seconds : 0
    // Some bytes are read twice.
    var parts = [Units.bytes(min(progress.bytesRead, progress.bytesTotal ?? .max))]
    if let total = progress.bytesTotal, total > 0 {
      let read = min(progress.bytesRead, total)
      parts[0] += " of \(Units.bytes(total)), \(read * 100 / total) %"
      if rate > 0 { parts.append("\(Units.duration(Double(total - read) / rate)) left") }
    }
    parts.insert("\(Units.bytes(Int(rate)))/s", at: 1)
    let seen = "\(progress.assetsSeen) assets"
    parts.append(countsKept ? "\(progress.assetsKept) of \(seen) kept" : seen)
    return parts.joined(separator: ", ")
  }
}

/// Numbers for people.
enum Units {
  /// A size in powers of ten, with three digits.
  static func bytes(_ count: Int) -> String {
    let names = ["B", "KB", "MB", "GB", "TB", "PB"]
    var value = Double(count)
    var index = 0
    while value >= 999.5, index < names.count - 1 {
      value /= 1000
      index += 1
    }
    if index == 0 { return "\(count) B" }
    return "\(decimal(value, digits: value < 10 ? 2 : value < 100 ? 1 : 0)) \(names[index])"
  }

  /// A number with a fixed number of digits behind the point.
  static func decimal(_ value: Double, digits: Int) -> String {
    var factor = 1
    for _ in 0..<digits { factor *= 10 }
    let scaled = Int((value * Double(factor)).rounded())
    if digits == 0 { return String(scaled) }
    let fraction = String(scaled % factor)
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(scaled / factor).\(zeros)\(fraction)"
  }

  /// Minutes and seconds.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
