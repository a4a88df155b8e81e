// SHA-256 by OpenSSL's libcrypto, which has the processor's own instructions for it.

internal import CCrypto

/// A running SHA-256 (FIPS 180-4).
///
/// libcrypto fails here only when no memory is left, which is the end of a Swift program anywhere else, too.
public struct SHA256: @unchecked Sendable {
  // Proof of @unchecked: a context is changed only by the one value that holds it; others get a copy of it.
  private var context = DigestContext()

  /// Starts with no bytes.
  public init() {}

  /// Adds bytes.
  ///
  /// - Complexity: Linear in the bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if !isKnownUniquelyReferenced(&context) { context = DigestContext(copying: context) }
    unsafe context.update(bytes)
  }

  /// Adds bytes.
  ///
  /// - Complexity: Linear in the bytes.
  public mutating func update(_ bytes: Span<UInt8>) {
    // Read before the span's lifetime ends.
    unsafe bytes.withUnsafeBufferPointer { unsafe update(UnsafeRawBufferPointer($0)) }
  }

  /// The 32 bytes of the hash of what was added so far; more may be added afterwards.
  public func finalize() -> [UInt8] { DigestContext(copying: context).finalize() }

  /// The 32 bytes of the hash of `bytes`.
  public static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
    let context = DigestContext()
    unsafe bytes.withUnsafeBufferPointer { unsafe context.update(UnsafeRawBufferPointer($0)) }
    return context.finalize()
  }
}

/// A context of libcrypto.
@safe private final class DigestContext {
  // Proof of @safe: the context belongs to this object alone, from init to deinit.
  private let context: OpaquePointer

  init() {
    unsafe context = Self.make()
    unsafe Self.require(EVP_DigestInit_ex2(context, Algorithm.sha256.pointer, nil))
  }

  init(copying other: DigestContext) {
    unsafe context = Self.make()
    unsafe Self.require(EVP_MD_CTX_copy_ex(context, other.context))
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe Self.require(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// The hash; nothing may be added any more.
  func finalize() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      // SHA-256 fills exactly the bytes that there is room for.
      unsafe Self.require(EVP_DigestFinal_ex(context, buffer.baseAddress, nil))
      count = 32
    }
  }

  private static func make() -> OpaquePointer {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    return unsafe context
  }

  private static func require(_ result: Int32) {
    precondition(result == 1, "libcrypto cannot work out a SHA-256")
  }
}

/// An algorithm, looked up once: that takes longer than hashing a name.
///
/// It is of a library context of our own, so that no `openssl.cnf` and no `OPENSSL_CONF` has a say in it.
@safe private struct Algorithm: @unchecked Sendable {
  // Proof of @safe and @unchecked: an algorithm that was fetched is immutable, and is never freed.
  let pointer: OpaquePointer

  static let sha256 = Algorithm("SHA2-256")

  private init(_ name: String) {
    guard let library = unsafe OSSL_LIB_CTX_new(), let found = unsafe EVP_MD_fetch(library, name, nil) else {
      preconditionFailure("libcrypto has no \(name)")
    }
    unsafe pointer = found
  }
}
