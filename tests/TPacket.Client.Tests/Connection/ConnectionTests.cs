using System.Security.Cryptography.X509Certificates;
using TPacket.Client.Tests.Harness;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

/// <summary>The options of the WebSocket.</summary>
public class ConnectionTests
{
    [Fact]
    public async Task A_client_connects_over_TLS_to_a_trusted_server()
    {
        using var certificate = new TestCertificate();
        await using var server = await StartTlsAsync(certificate);
        using var trusted = X509CertificateLoader.LoadCertificateFromFile(certificate.PemPath);
        var client = server.Client(
            options => options.WebSocket = new WebSocketClientOptions
            {
                Tls = tls => tls.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { trusted },
                },
            },
            new Uri($"wss://{server.EndPoint}/"));
        var recorder = new ClientRecorder(client);

        await client.ConnectAsync("alice", "lobby");
        await client.SendAsync("secret");

        await recorder.RecordsAsync("alice: secret");
    }

    [Fact]
    public async Task A_client_rejects_an_untrusted_server()
    {
        using var certificate = new TestCertificate();
        await using var server = await StartTlsAsync(certificate);
        var client = server.Client(address: new Uri($"wss://{server.EndPoint}/"));

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice", "lobby"));

        Assert.Equal("Closed Unreachable", ClientRecorder.Describe(error.State));
    }

    [Fact]
    public async Task Messages_are_compressed_in_both_directions()
    {
        await using var server = await TestServer.StartAsync(options => options.Compression = true);
        await using var relay = Relay.Start(server.EndPoint);
        var client = server.Client(
            options => options.WebSocket = new WebSocketClientOptions { Connection = new WebSocketOptions { Compression = DeflateOptions.Default } },
            new Uri($"ws://{relay.EndPoint}/"));
        await client.ConnectAsync("alice");
        var data = new byte[60_000];

        var reply = await client.RequestAsync(new Packet(TestServer.Echo, data: data));

        Assert.Equal(data, reply.Data.ToArray());
        Assert.InRange(relay.Copied, 1, data.Length / 10);
    }

    [Fact]
    public async Task Headers_and_subprotocols_are_sent()
    {
        await using var server = new FakeServer();
        var client = server.Client(options => options.WebSocket = new WebSocketClientOptions
        {
            Headers = [new("Authorization", "Bearer of tidings")],
            Subprotocols = ["tpacket"],
            Connection = new WebSocketOptions { Compression = DeflateOptions.Default },
        });
        var connecting = client.ConnectAsync("alice");
        await server.SignInAsync();
        await connecting;

        Assert.Contains("Authorization: Bearer of tidings\r\n", server.Head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Protocol: tpacket\r\n", server.Head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate", server.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_magic_string_is_sent()
    {
        await using var server = await TestServer.StartAsync(options => options.MagicString = "open sesame");

        var client = await server.EnterAsync("alice", configure: options => options.MagicString = "open sesame");

        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
        var error = await Assert.ThrowsAsync<TPacketClientException>(() => server.EnterAsync("bob"));
        Assert.Equal(CloseStatus.PolicyViolation, error.State.Cause!.CloseStatus);
    }

    private static Task<TestServer> StartTlsAsync(TestCertificate certificate) => TestServer.StartAsync(options =>
        options.Endpoints.Add(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = certificate.PemPath, CertificateKey = certificate.KeyPath }));
}
