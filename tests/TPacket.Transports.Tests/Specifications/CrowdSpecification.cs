using System.Buffers.Binary;
using System.Collections.Concurrent;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>Many threads use many connections.</summary>
public abstract class CrowdSpecification(Func<Transport> create) : TransportSpecification(create)
{
    [Fact]
    public async Task Connections_are_accepted_one_at_a_time()
    {
        // The test itself delivers connections that it has made.
        if (Transport is ConnectingTransport)
            return;
        const int Count = 50;
        var inside = 0;
        var overlaps = 0;
        Prepare = _ =>
        {
            if (Interlocked.Increment(ref inside) > 1)
                Interlocked.Increment(ref overlaps);
            Thread.SpinWait(50_000);
            Interlocked.Decrement(ref inside);
        };
        var peers = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => ConnectPeerAsync()));
        for (var i = 0; i < Count; i++)
            await AcceptedAsync();
        foreach (var peer in peers)
            peer.Dispose();
        Assert.Equal(0, overlaps);
    }

    [Fact]
    public async Task Two_hundred_connections_receive_their_own_bytes()
    {
        Prepare = static p => p.Received = static (p, bytes) => Assert.Equal(bytes.Length, p.Connection.TrySend(bytes));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            var bytes = Pattern.Create(5_000, number);
            using var peer = await ConnectPeerAsync();
            for (var sent = 0; sent < bytes.Length; sent += 1_000)
            {
                await peer.SendAsync(bytes.AsMemory(sent, 1_000));
                Assert.Equal(bytes[sent..(sent + 1_000)], await peer.ReceiveAsync(1_000));
            }

            peer.ShutdownSend();
        }));
    }

    /// <summary>A closed descriptor is soon reused for another connection. A late write must not reach it.</summary>
    [Fact]
    public async Task Threads_that_send_to_connections_that_come_and_go_reach_no_other_connection()
    {
        const int Connections = 600;
        const int Senders = 3;
        const int AtATime = 16;
        var live = new ConcurrentQueue<(Probe Probe, byte[] Id)>();
        var lastId = 0;
        Prepare = p =>
        {
            // The first bytes are the id that all later bytes must repeat.
            var id = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(id, Interlocked.Increment(ref lastId));
            p.Received = (p, _) =>
            {
                // The connection's thread and another thread close connections in turn.
                if (id[0] % 2 == 0)
                    p.Close();
                else
                    ThreadPool.QueueUserWorkItem(static p => p.Close(), p, preferLocal: false);
            };
            p.EndOfInput = static p => p.Close();
            for (var i = 0; i < Senders; i++)
                live.Enqueue((p, id));
        };

        using var done = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Senders).Select(_ => Task.Factory.StartNew(() => Send(live, done.Token), TaskCreationOptions.LongRunning)).ToArray();
        var ids = new ConcurrentBag<int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Connections), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (_, _) =>
        {
            using var peer = await ConnectPeerAsync();
            var bytes = await peer.ReceiveAsync(400);
            await peer.SendAsync(new byte[1]);
            ids.Add(CheckIds(bytes, await ReceiveRestAsync(peer)));
        });
        await done.CancelAsync();
        await Task.WhenAll(senders);
        Assert.Equal(Connections, ids.Distinct().Count());
    }

    /// <summary>Sends complete ids, one caller at a time for each connection. Continues for a while after the end of the connection.</summary>
    private static void Send(ConcurrentQueue<(Probe Probe, byte[] Id)> live, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            if (!live.TryDequeue(out var next))
            {
                Thread.Yield();
                continue;
            }

            var taken = 0;
            lock (next.Id)
            {
                for (var i = 0; i < 50 && taken >= 0; i++)
                {
                    taken = next.Probe.Connection.TrySend(next.Id);
                    Assert.True(taken is -1 or 0 or 4, $"{taken} of 4 bytes were taken.");
                }
            }

            if (taken >= 0 || Random.Shared.Next(20) > 0)
                live.Enqueue(next);
        }
    }

    private static async Task<byte[]> ReceiveRestAsync(Peer peer)
    {
        try
        {
            return await peer.ReceiveToEndAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return [];
        }
    }

    private static int CheckIds(params byte[][] parts)
    {
        var id = BinaryPrimitives.ReadInt32LittleEndian(parts[0]);
        foreach (var part in parts)
        {
            for (var i = 0; i + 4 <= part.Length; i += 4)
                Assert.Equal(id, BinaryPrimitives.ReadInt32LittleEndian(part.AsSpan(i)));
        }

        return id;
    }
}
