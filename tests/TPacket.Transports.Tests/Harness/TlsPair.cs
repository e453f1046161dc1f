using System.Net;
using System.Security.Authentication;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A TLS server and a TLS client that are connected to each other.</summary>
internal sealed class TlsPair : IAsyncDisposable
{
    private readonly Rented _rented = new();
    private readonly CertificateFolder _folder = new();
    private readonly CertificateSource _certificate;
    private readonly Transport _transport;
    private TransportListener _listener = null!;

    private TlsPair(string transport)
    {
        _certificate = _folder.Open();
        _transport = TestTransports.Create(transport);
    }

    public Probe Server { get; private set; } = null!;

    public Probe Client { get; private set; } = null!;

    public TlsConnection ServerTls => (TlsConnection)Server.Connection;

    public TlsConnection ClientTls => (TlsConnection)Client.Connection;

    /// <summary>Connects and starts both sides, which begin the handshake.</summary>
    public static async Task<TlsPair> ConnectAsync(string transport, SslProtocols protocols, Action<Probe>? prepare = null, string host = TestCertificates.Host)
    {
        var pair = new TlsPair(transport);
        var accepted = new TaskCompletionSource<Probe>(TaskCreationOptions.RunContinuationsAsynchronously);
        pair._listener = pair._transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        pair._listener.Start(
            connection => accepted.SetResult(Start(TlsConnection.AsServer(connection, new TlsServerOptions { Certificate = pair._certificate }), prepare)),
            static _ => { });
        var options = TlsPeer.Options(protocols);
        (options.TargetHost, options.ApplicationProtocols) = (host, TlsConnection.CreateClientOptions(host).ApplicationProtocols);
        using var deadline = Deadline.Start();
        pair.Client = Start(TlsConnection.AsClient(await pair._transport.ConnectAsync(pair._listener.EndPoint, deadline.Token), options), prepare);
        pair.Server = await accepted.Task.WaitAsync(deadline.Token);
        return pair;
    }

    /// <summary>Waits until both sides have completed the handshake.</summary>
    public async Task OpenAsync()
    {
        using var deadline = Deadline.Start();
        while (ServerTls.Protocol == SslProtocols.None || ClientTls.Protocol == SslProtocols.None)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var probe in new[] { Client, Server })
        {
            probe.Close();
            await probe.ClosedAsync();
            Assert.Empty(probe.Breaches);
            Assert.Equal(1, probe.Closes);
        }

        await _listener.DisposeAsync();
        _transport.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
        await _rented.ReturnedAsync();
    }

    private static Probe Start(TlsConnection connection, Action<Probe>? prepare)
    {
        var probe = new Probe(connection);
        prepare?.Invoke(probe);
        connection.Start(probe);
        return probe;
    }
}
