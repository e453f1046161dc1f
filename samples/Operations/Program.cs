using Operations;
using TPacket.Samples;

return await HostProgram.RunAsync(() => OperatedApp.Build(args));
