using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>.NET's client with our server on the fastest transport: epoll on Linux.</summary>
public sealed class FrameworkClientTests() : FrameworkClientSpecification(static () => Transport.CreateFastest());
