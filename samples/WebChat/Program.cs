using TPacket.Samples;
using WebChat;

return await HostProgram.RunAsync(() => ChatApp.Build(args));
