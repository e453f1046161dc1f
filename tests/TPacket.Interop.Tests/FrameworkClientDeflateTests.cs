using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>.NET's client with our server, with compression.</summary>
public sealed class FrameworkClientDeflateTests() : FramingDeflateServerSpecification(new FrameworkClient(), static () => Transport.CreateFastest());
