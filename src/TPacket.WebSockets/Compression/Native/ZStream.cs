using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>What the runtime's compression library and its caller share: its <c>PAL_ZStream</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZStream
{
    public byte* NextIn;
    public byte* NextOut;
    public byte* Message;
    public void* InternalState;
    public uint AvailableIn;
    public uint AvailableOut;
}
