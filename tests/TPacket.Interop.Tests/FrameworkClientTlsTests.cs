using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>.NET's client with our server behind TLS.</summary>
public sealed class FrameworkClientTlsTests() : TlsServerSpecification(new FrameworkClient(), static () => Transport.CreateFastest());
