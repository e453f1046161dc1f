using System.Text;
using TPacket.Tool.Commands;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
return await ToolCommand.Create().Parse(args).InvokeAsync();
