using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>The ends of connections on the fastest transport: epoll on Linux.</summary>
public sealed class EndingTests() : EndingSpecification(static () => Transport.CreateFastest());
