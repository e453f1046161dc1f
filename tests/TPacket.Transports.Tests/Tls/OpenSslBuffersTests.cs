using System.Security.Authentication;
using TPacket.Transports.Native;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Tls;

/// <summary>A TLS connection at rest holds no record buffers, where the runtime's TLS is OpenSSL.</summary>
public class OpenSslBuffersTests
{
    [Theory]
    [InlineData("Sockets", SslProtocols.Tls12)]
    [InlineData("OneLoop", SslProtocols.Tls13)]
    public async Task A_context_that_a_connection_brings_about_gives_buffers_back(string transport, SslProtocols protocols)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var before = OpenSslBuffers.Changed;
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        await pair.OpenAsync();
        Assert.True(OpenSslBuffers.IsAvailable);
        // The certificate is a new one, so the server needs a context of its own.
        Assert.True(OpenSslBuffers.Changed > before);

        // And goes on as before, however long the messages are.
        var bytes = Pattern.Create(200_000);
        await pair.Client.SendAllAsync(bytes);
        Assert.Equal(bytes, await pair.Server.ReceivedAsync(bytes.Length));
        await pair.Server.SendAllAsync(bytes);
        Assert.Equal(bytes, await pair.Client.ReceivedAsync(bytes.Length));
    }

    [Fact]
    public async Task Contexts_that_others_make_are_left_alone()
    {
        await ApplyWithinAsync();
        Assert.False(OpenSslBuffers.IsApplied);
    }

    private static async Task ApplyWithinAsync()
    {
        OpenSslBuffers.Apply();
        await Task.Yield();
        Assert.Equal(OpenSslBuffers.IsAvailable, OpenSslBuffers.IsApplied);
    }
}
