using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>A browser with our server, with compression. The browser always offers it, and accepts a limit of its window.</summary>
[Collection(nameof(ChromiumCollection))]
public sealed class ChromiumDeflateTests(ChromiumFixture browser) : DeflateServerSpecification(browser, static () => Transport.CreateFastest())
{
    [Theory]
    [InlineData("", "permessage-deflate")]
    [InlineData("server_no_context_takeover; client_no_context_takeover", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("server_max_window_bits=9; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9")]
    [InlineData("client_no_context_takeover; client_max_window_bits=8", "permessage-deflate; client_no_context_takeover; client_max_window_bits=8")]
    public Task Messages_are_echoed_with_the_negotiated_parameters(string ours, string agreed) => ExchangeAsync(ours, "", agreed);
}
