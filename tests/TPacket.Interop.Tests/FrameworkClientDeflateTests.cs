using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>.NET's client with our server, with compression.</summary>
public sealed class FrameworkClientDeflateTests() : FramingDeflateServerSpecification(new FrameworkClient(), static () => Transport.CreateFastest())
{
    // RFC 7692, section 7.1.2.2 calls the client's bound a hint that needs no answer; .NET's client fails a connection whose server has not confirmed it.
    [Fact]
    public Task The_clients_own_window_bound_is_confirmed() => ExchangeAsync("", "client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10");
}
