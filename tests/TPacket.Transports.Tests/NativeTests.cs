using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Epoll;
using TPacket.Transports.Native;

namespace TPacket.Transports.Tests;

/// <summary>The code that is not checked by the runtime, attacked. On Linux; elsewhere there is none of it to run.</summary>
public sealed class NativeTests
{
    private const ulong Wake = ulong.MaxValue;

    [Fact]
    public void Tokens_come_back_bit_for_bit()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var set = new EpollSet(capacity: 128, Wake);
        var tokens = Enumerable.Range(0, 63).Select(static bit => 1UL << bit).Append(0x0123_4567_89AB_CDEFUL).Append(ulong.MaxValue - 1).ToArray();
        var sockets = tokens.Select(static _ => Listening()).ToArray();
        for (var i = 0; i < tokens.Length; i++)
        {
            Assert.True(set.Add((int)sockets[i].Handle, EpollInterest.Readable, tokens[i]));
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            peer.Connect(sockets[i].LocalEndPoint!);
        }

        var seen = new HashSet<ulong>();
        while (seen.Count < tokens.Length)
        {
            var count = set.Wait();
            Assert.InRange(count, 1, 128);
            for (var i = 0; i < count; i++)
            {
                Assert.Equal(EpollInterest.Readable, set.Report(i, out var token));
                seen.Add(token);
            }
        }

        Assert.Equal(tokens.Order(), seen.Order());
        Array.ForEach(sockets, static socket => socket.Dispose());
    }

    [Fact]
    public void A_small_set_reports_many_events_in_turns()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var set = new EpollSet(capacity: 1, Wake);
        set.Wake();
        Assert.Equal(1, set.Wait());
        Assert.Equal(EpollInterest.Readable, set.Report(0, out var token));
        Assert.Equal(Wake, token);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Report(1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Report(-1, out _));
    }

    [Fact]
    public void A_disposed_set_is_harmless()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var set = new EpollSet(capacity: 1, Wake);
        set.Dispose();
        set.Dispose();
        set.Wake();
        set.Awake();
        Assert.Throws<ObjectDisposedException>(() => set.Wait());
        Assert.Throws<ObjectDisposedException>(() => set.Report(0, out _));
    }

    [Fact]
    public void Calls_on_no_descriptor_return_the_error()
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int BadDescriptor = 9;
        Assert.Equal(-BadDescriptor, NativeSocket.Receive(-1, new byte[1]));
        Assert.Equal(-BadDescriptor, NativeSocket.Receive(-1, []));
        Assert.Equal(-BadDescriptor, NativeSocket.Send(-1, [1]));
        Assert.Equal(-BadDescriptor, NativeSocket.Accept(-1, out var remote));
        Assert.Null(remote);
        Assert.Null(NativeSocket.LocalEndPoint(-1));
        NativeSocket.ShutdownSend(-1);
        NativeSocket.Close(-1);
    }

    [Fact]
    public void A_slot_that_is_used_again_is_not_found_by_its_old_token()
    {
        var slots = new EpollSlots();
        var first = new Source();
        var second = new Source();
        var old = slots.Add(first);
        Assert.Same(first, slots.Find(old));
        slots.Remove(old);
        Assert.Null(slots.Find(old));
        var token = slots.Add(second);
        Assert.Equal((uint)old, (uint)token);
        Assert.Null(slots.Find(old));
        slots.Remove(old);
        Assert.Same(second, slots.Find(token));
        Assert.NotEqual(Wake, token);
    }

    [Fact]
    public void Slots_are_kept_apart_under_concurrency()
    {
        var slots = new EpollSlots();
        Parallel.For(0, 10_000, _ =>
        {
            var source = new Source();
            var token = slots.Add(source);
            Assert.Same(source, slots.Find(token));
            slots.Remove(token);
            Assert.NotSame(source, slots.Find(token));
        });
        Assert.Empty(slots.All());
    }

    private static Socket Listening()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(1);
        return socket;
    }

    private sealed class Source : IEpollSource
    {
        public void OnReport(EpollInterest report)
        {
        }

        public void OnLoopStopped()
        {
        }
    }
}
