// A run tells how far it has come and stops when it is told to, from synchronous code and from tasks.

import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

@Suite struct RunMonitorTests {
  private func export(_ count: Int) -> [UInt8] {
    Array(String(repeating: #"{"externalId":"a","task":{"stage":"S"}}"# + "\n", count: count).utf8)
  }

  /// Progress never goes back, is not told while a row is taken, and ends with all that there is.
  @Test func progress() throws {
    let told = Mutex<[RunProgress]>([])
    let isTaking = Atomic(false)
    let wasTold = Atomic(false)
    let monitor = RunMonitor(every: .zero) { progress in
      if isTaking.load(ordering: .sequentiallyConsistent) { wasTold.store(true, ordering: .relaxed) }
      told.withLock { $0.append(progress) }
    }
    var options = RunOptions(workers: 2)
    options.resources.blockSize = 200
    let bytes = export(100)
    try TrialInput(bytes: bytes).withName { name in
      let output = RunOutput.rows { _, _ in
        isTaking.store(true, ordering: .sequentiallyConsistent)
        isTaking.store(false, ordering: .sequentiallyConsistent)
        return .more
      }
      _ = try Run(inputs: [.path(name)], output: output, options: options).execute(monitor: monitor)
    }
    let all = told.withLock { $0 }
    let toldTaking = wasTold.load(ordering: .relaxed)
    #expect(!toldTaking)
    #expect(all.count > 2)
    #expect(
      zip(all, all.dropFirst()).allSatisfy { $0.assetsSeen <= $1.assetsSeen && $0.bytesRead <= $1.bytesRead })
    let last = try #require(all.last)
    #expect(last.assetsSeen == 100 && last.assetsKept == 100)
    #expect(last.bytesTotal == bytes.count && last.fraction == 1)
  }

  /// Of a pipe nobody knows how much there is.
  @Test func pipe() throws {
    let told = Mutex<RunProgress?>(nil)
    try TrialInput(bytes: export(3), way: .pipe).withName { name in
      let monitor = RunMonitor { progress in told.withLock { $0 = progress } }
      _ = try Run(inputs: [.path(name)], output: .nowhere).execute(monitor: monitor)
    }
    let last = try #require(told.withLock { $0 })
    #expect(last.fraction == nil && last.assetsSeen == 3)
  }

  /// In a task the same comes out as from synchronous code.
  @Test func asynchronous() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
    try Data(export(20)).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let result = try await Run(inputs: [.path(FilePath(file.path))], output: .nowhere).execute()
    #expect(result.report.assets.kept == 20)
  }

  /// A task that is cancelled ends its run, before it begins and while a row is taken.
  @Test(arguments: [false, true]) func cancelledTask(isEarly: Bool) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
    try Data(export(5000)).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let monitor = RunMonitor()
    let (begun, signal) = AsyncStream.makeStream(of: Void.self)
    let task = Task { () async throws(RunError) in
      if isEarly { for await _ in begun where Task.isCancelled { break } }
      let output = RunOutput.rows { _, _ in
        signal.yield()
        // Held up until the cancellation is there.
        while !monitor.isCancelled { usleep(100) }
        return .more
      }
      return try await Run(inputs: [.path(FilePath(file.path))], output: output).execute(monitor: monitor)
    }
    if !isEarly { for await _ in begun { break } }
    task.cancel()
    signal.finish()
    let outcome = await task.result
    #expect(throws: RunError.self) { try outcome.get() }
    if case .failure(let error) = outcome { #expect((error as? RunError)?.code == .interrupted) }
  }
}
