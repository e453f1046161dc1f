using TPacket.Tool.Commands;

return await ToolCommand.Create().Parse(args).InvokeAsync();
