using System.Net;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests;

public sealed class EchoServerTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));
    private readonly string _certificate = Path.GetTempFileName();

    public void Dispose()
    {
        _deadline.Dispose();
        File.Delete(_certificate);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_server_echoes_every_message(bool compression, bool tls)
    {
        string[] arguments = ["--port", "0", .. compression ? new[] { "--compression" } : [], .. tls ? new[] { "--certificate", _certificate } : []];
        WriteCertificate();
        await using var sample = await SampleProcess.StartEchoAsync(_deadline.Token, arguments);
        using var client = new ClientWebSocket();
        client.Options.DangerousDeflateOptions = compression ? new WebSocketDeflateOptions() : null;
        client.Options.CollectHttpResponseDetails = true;
        client.Options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=echo";
        await client.ConnectAsync(new Uri($"{(tls ? "wss" : "ws")}://{sample.EndPoint}/"), _deadline.Token);
        Assert.Equal(compression, client.HttpResponseHeaders!.ContainsKey("Sec-WebSocket-Extensions"));

        var message = new byte[100_000];
        Random.Shared.NextBytes(message.AsSpan(0, 50_000));
        await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, _deadline.Token);
        var echo = new byte[message.Length + 1];
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await client.ReceiveAsync(echo.AsMemory(length), _deadline.Token);
            length += result.Count;
        }
        while (!result.EndOfMessage);
        Assert.Equal(message, echo[..length]);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", _deadline.Token);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)]
    public async Task A_signal_stops_the_server_cleanly(PosixSignal signal)
    {
        await using var sample = await SampleProcess.StartEchoAsync(_deadline.Token, "--port", "0");
        if (OperatingSystem.IsWindows())
            return;
        var ended = await sample.StopAsync(signal, _deadline.Token);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=echo", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_certificate, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
