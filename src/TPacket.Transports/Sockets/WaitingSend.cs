using System.Net.Sockets;
using TPacket.Transports.Buffers;

namespace TPacket.Transports.Sockets;

/// <summary>Waits until a full socket is writable, by sending the first bytes of the queue asynchronously.</summary>
internal sealed class WaitingSend : SocketAsyncEventArgs
{
    private readonly SocketConnection _connection;
    private readonly Socket _socket;
    private byte[]? _buffer;

    public WaitingSend(SocketConnection connection, Socket socket)
        : base(true) => (_connection, _socket) = (connection, socket);

    public int Begin(ReadOnlySpan<byte> bytes)
    {
        _buffer = BufferPool.Rent(bytes.Length);
        bytes.CopyTo(_buffer);
        SetBuffer(_buffer, 0, bytes.Length);
        Send();
        return bytes.Length;
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (SocketError == SocketError.Success && BytesTransferred < Count)
        {
            SetBuffer(Offset + BytesTransferred, Count - BytesTransferred);
            Send();
            return;
        }

        SetBuffer(null, 0, 0);
        BufferPool.Return(_buffer!);
        _buffer = null;
        _connection.SendEnded(SocketError);
    }

    private void Send()
    {
        try
        {
            if (!_socket.SendAsync(this))
                ThreadPool.UnsafeQueueUserWorkItem(static send => send.OnCompleted(send), this, preferLocal: false);
        }
        catch (ObjectDisposedException)
        {
            SocketError = SocketError.OperationAborted;
            ThreadPool.UnsafeQueueUserWorkItem(static send => send.OnCompleted(send), this, preferLocal: false);
        }
    }
}
