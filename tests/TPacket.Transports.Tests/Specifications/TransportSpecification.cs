using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>Tests of a transport with a listener. At the end of each test, no connection may have violated the contract of its handler.</summary>
public abstract class TransportSpecification(Func<Transport> create) : IAsyncLifetime
{
    private readonly Channel<Probe> _accepted = Channel.CreateUnbounded<Probe>();
    private readonly ConcurrentQueue<Probe> _probes = new();
    private readonly Rented _rented = new();

    protected Transport Transport { get; } = create();

    protected TransportListener Listener { get; private set; } = null!;

    /// <summary>Whether a peer can reset a connection.</summary>
    protected bool Resets => Transport is not TestTransport { Resets: false };

    /// <summary>Whether a read may return the end of the stream while a concurrent send receives the reset. The system reports a reset once, and a foreign stream does not share it.</summary>
    protected bool ReadsBesideSends => Transport is NetworkStreamTransport;

    /// <summary>Whether a connection reports unread input. A foreign stream does not.</summary>
    protected bool ReportsUnreadInput => Transport is not (NetworkStreamTransport or StreamTransport);

    /// <summary>The errors that the listener has reported.</summary>
    private protected Channel<Exception> Failures { get; } = Channel.CreateUnbounded<Exception>();

    /// <summary>Prepares each connection before its start.</summary>
    private protected Action<Probe>? Prepare { get; set; }

    public Task InitializeAsync()
    {
        Listener = Transport.Bind(Transport is TestTransport test ? test.Address : new IPEndPoint(IPAddress.Loopback, 0));
        StartListener();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Listener.DisposeAsync();
        foreach (var probe in _probes)
            probe.Close();
        foreach (var probe in _probes)
            await probe.ClosedAsync();
        Transport.Dispose();
        await _rented.ReturnedAsync();
        Assert.Empty(_probes.SelectMany(static probe => probe.Breaches));
        Assert.All(_probes, static probe => Assert.Equal(1, probe.Closes));
    }

    private protected void StartListener() => Listener.Start(Accept, error => Failures.Writer.TryWrite(error));

    private protected void Accept(TransportConnection connection)
    {
        var probe = new Probe(connection);
        Prepare?.Invoke(probe);
        _probes.Enqueue(probe);
        probe.Start();
        _accepted.Writer.TryWrite(probe);
    }

    private protected async Task<Probe> AcceptedAsync()
    {
        using var deadline = Deadline.Start();
        return await _accepted.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>Connects without starting the probe.</summary>
    private protected async Task<(Probe Probe, Peer Peer)> ConnectUnstartedAsync()
    {
        await using var listener = Transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var accepted = new TaskCompletionSource<TransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(accepted.SetResult, accepted.SetException);
        var peer = Transport is TestTransport test ? await test.ConnectUnstartedPeerAsync(listener.EndPoint) : await Peer.ConnectAsync(listener.EndPoint);
        var probe = new Probe(await accepted.Task.WaitAsync(Deadline.Limit));
        _probes.Enqueue(probe);
        return (probe, peer);
    }

    private protected async Task<(Probe Probe, Peer Peer)> ConnectAsync(Action<Probe>? prepare = null)
    {
        Prepare = prepare;
        var peer = await ConnectPeerAsync();
        var probe = await AcceptedAsync();
        if (Transport is TestTransport test)
            await test.OpenedAsync(probe.Connection, () => probe.Closes > 0);
        return (probe, peer);
    }

    private protected Task<Peer> ConnectPeerAsync() =>
        Transport is TestTransport test ? test.ConnectPeerAsync(Listener.EndPoint) : Peer.ConnectAsync(Listener.EndPoint);

    /// <summary>Serves another connection. A transport with one loop has then processed all earlier events.</summary>
    private protected async Task FenceAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, bytes) => Assert.Equal(bytes.Length, p.Connection.TrySend(bytes)));
            using (peer)
            {
                await peer.SendAsync("fence"u8.ToArray());
                Assert.Equal("fence"u8.ToArray(), await peer.ReceiveAsync(5));
                probe.Close();
                await probe.ClosedAsync();
            }
        }
    }

    /// <summary>Sends until the connection accepts no more bytes.</summary>
    /// <returns>The number of bytes accepted, including bytes that <see cref="TransportConnection.SendWhenWritable"/> has accepted.</returns>
    private protected static int SendUntilFull(Probe probe, ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        while (true)
        {
            var chunk = bytes.Slice(sent, 64 * 1024);
            var taken = probe.Connection.TrySend(chunk);
            Assert.InRange(taken, 0, chunk.Length);
            sent += taken;
            if (taken < chunk.Length)
                return sent + probe.Connection.SendWhenWritable(chunk[taken..]);
        }
    }
}
