using System.Net;
using TPacket.Transports;

namespace TPacket.Interop.Tests.Ours;

/// <summary>Counts the bytes on the wire, which show whether messages were compressed.</summary>
public sealed class CountingConnection(TransportConnection inner) : TransportConnection
{
    private long _received;
    private long _sent;

    public long Received => Interlocked.Read(ref _received);

    public long Sent => Interlocked.Read(ref _sent);

    public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    public override void Start(TransportHandler handler) => inner.Start(new Counter(this, handler));

    public override int TrySend(ReadOnlySpan<byte> bytes) => Count(inner.TrySend(bytes));

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes) => Count(inner.SendWhenWritable(bytes));

    public override void PauseReceiving() => inner.PauseReceiving();

    public override void ResumeReceiving() => inner.ResumeReceiving();

    public override void ShutdownSend() => inner.ShutdownSend();

    public override void Close() => inner.Close();

    private int Count(int sent)
    {
        Interlocked.Add(ref _sent, Math.Max(sent, 0));
        return sent;
    }

    private sealed class Counter(CountingConnection connection, TransportHandler handler) : TransportHandler
    {
        public override void OnReceived(Span<byte> bytes)
        {
            Interlocked.Add(ref connection._received, bytes.Length);
            handler.OnReceived(bytes);
        }

        public override void OnEndOfInput() => handler.OnEndOfInput();

        public override void OnWritable() => handler.OnWritable();

        public override void OnClosed(Exception? error) => handler.OnClosed(error);
    }
}
