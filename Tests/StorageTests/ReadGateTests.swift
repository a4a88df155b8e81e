// A pipe without anything to read is waited for as long as the gate says.

import Foundation
import Storage
import SystemPackage
import Testing

@Suite struct ReadGateTests {
  private func read(_ stream: FileStream) throws -> [UInt8] {
    try unsafe [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
      count = try unsafe stream.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// A reader gives up at its time, and nothing is lost by it.
  @Test func idle() throws {
    let ends = try FileDescriptor.pipe()
    let gate = ReadGate()
    let stream = FileStream(ends.readEnd, name: "pipe", gate: gate)
    gate.wait(milliseconds: 1)
    #expect(throws: ReadPause.idle) { try read(stream) }
    _ = try ends.writeEnd.writeAll("ab".utf8)
    #expect(try read(stream) == Array("ab".utf8))
    gate.waitForever()
    try ends.writeEnd.close()
    #expect(try read(stream) == [])
  }

  /// A shut gate ends a wait that has begun; an open one lets the next reader wait again.
  @Test func shut() throws {
    let ends = try FileDescriptor.pipe()
    let gate = ReadGate()
    let stream = FileStream(ends.readEnd, name: "pipe", gate: gate)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.05)
      gate.shut()
    }
    #expect(throws: ReadPause.shut) { try read(stream) }
    gate.open()
    _ = try ends.writeEnd.writeAll("ab".utf8)
    #expect(try read(stream) == Array("ab".utf8))
    try ends.writeEnd.close()
  }
}
