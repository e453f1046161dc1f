using System.Net.Security;
using System.Security.Authentication;
using TPacket.Transports.Loops;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Tls;

/// <summary>A TLS server and a TLS client of the library are connected to each other, over each transport and in both versions.</summary>
public class TlsConnectionTests
{
    private const int Much = 16 * 1024 * 1024;

    public static TheoryData<string, SslProtocols> Kinds => new()
    {
        { "Sockets", SslProtocols.Tls12 },
        { "Sockets", SslProtocols.Tls13 },
        { "OneLoop", SslProtocols.Tls12 },
        { "OneLoop", SslProtocols.Tls13 },
        { "TwoLoops", SslProtocols.Tls13 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Both_sides_agree_on_version_and_protocol(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        await pair.OpenAsync();
        foreach (var connection in new[] { pair.ServerTls, pair.ClientTls })
        {
            Assert.Equal(protocols, connection.Protocol);
            Assert.Equal(SslApplicationProtocol.Http11, connection.ApplicationProtocol);
        }

        Assert.Equal(pair.ClientTls.LocalEndPoint, pair.ServerTls.RemoteEndPoint);
        Assert.Equal(pair.ClientTls.RemoteEndPoint, pair.ServerTls.LocalEndPoint);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Megabytes_are_sent_in_both_directions_at_once(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        var (up, down) = (Pattern.Create(Much, 1), Pattern.Create(Much, 2));
        var sending = Task.WhenAll(pair.Client.SendAllAsync(up), pair.Server.SendAllAsync(down));
        Assert.Equal(up, await pair.Server.ReceivedAsync(Much));
        Assert.Equal(down, await pair.Client.ReceivedAsync(Much));
        await sending;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_slow_reader_receives_every_byte(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        var bytes = Pattern.Create(4_000_000);
        // Receiving pauses after each push, and another thread resumes it.
        pair.Client.Received = static (p, _) =>
        {
            p.Connection.PauseReceiving();
            ThreadPool.QueueUserWorkItem(static p => p.Connection.ResumeReceiving(), p, preferLocal: false);
        };
        var sending = pair.Server.SendAllAsync(bytes);
        Assert.Equal(bytes, await pair.Client.ReceivedAsync(bytes.Length));
        await sending;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_end_of_one_direction_is_orderly_and_the_other_direction_continues(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        await pair.OpenAsync();
        Assert.Equal(4, pair.Client.Connection.TrySend("last"u8));
        pair.Client.Connection.ShutdownSend();
        await pair.Server.EndOfInputAsync();
        Assert.Equal("last"u8.ToArray(), pair.Server.Bytes);

        Assert.Equal(5, pair.Server.Connection.TrySend("still"u8));
        Assert.Equal("still"u8.ToArray(), await pair.Client.ReceivedAsync(5));
        pair.Server.Connection.ShutdownSend();
        await pair.Client.EndOfInputAsync();
        pair.Server.Close();
        pair.Client.Close();
        Assert.Null(await pair.Server.ClosedAsync());
        Assert.Null(await pair.Client.ClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Close_is_an_orderly_end_for_the_other_side(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        await pair.OpenAsync();
        Assert.Equal(4, pair.Server.Connection.TrySend("last"u8));
        pair.Server.Close();
        Assert.Null(await pair.Server.ClosedAsync());
        await pair.Client.EndOfInputAsync();
        Assert.Equal("last"u8.ToArray(), pair.Client.Bytes);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task One_direction_ends_while_the_other_is_busy(string transport, SslProtocols protocols)
    {
        for (var i = 0; i < 20; i++)
        {
            await using var pair = await TlsPair.ConnectAsync(transport, protocols);
            await pair.OpenAsync();
            var bytes = Pattern.Create(1_000_000, i);
            var sending = pair.Client.SendAllAsync(bytes);
            await pair.Server.ReceivedAsync((i + 1) * 10_000);
            // On a thread other than the one that decrypts.
            await Task.Run(pair.Server.Connection.ShutdownSend);
            Assert.Equal(bytes, await pair.Server.ReceivedAsync(bytes.Length));
            await sending;
            await pair.Client.EndOfInputAsync();
            Assert.Equal(0, pair.Server.Closes);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_send_before_the_handshake_is_requested_again_after_it(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols, static probe =>
        {
            Assert.Equal(0, probe.Connection.TrySend("early"u8));
            Assert.Equal(0, probe.Connection.SendWhenWritable("early"u8));
            probe.Writable = static p => Assert.Equal(5, p.Connection.TrySend("early"u8));
        });
        await Task.WhenAll(pair.Client.WritableAsync(), pair.Server.WritableAsync());
        Assert.Equal("early"u8.ToArray(), await pair.Client.ReceivedAsync(5));
        Assert.Equal("early"u8.ToArray(), await pair.Server.ReceivedAsync(5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Decrypted_bytes_are_processed_in_a_batch_on_the_thread_that_received_them(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        await pair.OpenAsync();
        var (onLoop, flushes) = (0, new Flushes());
        using var deadline = Deadline.Start();
        pair.Server.Received = (_, _) =>
        {
            onLoop += EventLoop.IsCurrent ? 1 : 0;
            Assert.True(FlushBatch.TryAdd(flushes));
        };
        for (var i = 1; i <= 100; i++)
        {
            // The socket may still have to accept earlier bytes.
            while (pair.Client.Connection.TrySend("x"u8) is var sent && sent != 1)
            {
                Assert.Equal(0, sent);
                deadline.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            await pair.Server.ReceivedAsync(i);
        }

        // The first bytes may have arrived before the thread of the handshake began to wait for them.
        Assert.Equal(transport != "Sockets" && OperatingSystem.IsLinux(), onLoop > 0);
        pair.Server.Close();
        await pair.Server.ClosedAsync();
        Assert.Equal(100, flushes.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_client_rejects_a_server_of_another_name_and_both_sides_are_notified(string transport, SslProtocols protocols)
    {
        await using var pair = await TlsPair.ConnectAsync(transport, protocols, host: "other.test");
        var error = Assert.IsType<TlsHandshakeException>(await pair.Client.ClosedAsync());
        Assert.Equal(TlsHandshakeFailure.Refused, error.Failure);
        Assert.IsAssignableFrom<AuthenticationException>(error.InnerException);
        // With TLS 1.3 the server's handshake may be complete before the client's alert arrives.
        Assert.NotNull(await pair.Server.ClosedAsync());
        Assert.Empty(pair.Server.Bytes);
    }

    private sealed class Flushes : IFlushable
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Flush() => Interlocked.Increment(ref _count);
    }
}
