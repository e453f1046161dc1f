using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>The struct <c>PAL_ZStream</c> of the runtime's compression library.</summary>
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
