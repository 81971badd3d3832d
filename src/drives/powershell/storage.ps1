# What the Storage module of Windows 8 and later tells of disks: the raw values of CIM, with no word
# of any language. Nothing here reads a disk or calls a server: a sleeping drive sleeps on, and a
# dead server hangs nobody.

# The named properties of each object, as they are; PowerShell would show words for numbers.
function Pick($names) {
  process {
    $row = [ordered]@{}
    foreach ($name in $names) {
      $value = $_.CimInstanceProperties[$name].Value
      if ($null -ne $value -and "$value" -ne '') { $row[$name] = Plain $value }
    }
    $row
  }
}

Part 'MSFT_PhysicalDisk' {
  Get-PhysicalDisk | Pick 'ObjectId', 'UniqueId', 'DeviceId', 'FriendlyName', 'Manufacturer',
    'Model', 'SerialNumber', 'AdapterSerialNumber', 'BusType', 'MediaType', 'SpindleSpeed', 'Size',
    'PhysicalLocation', 'Usage'
}
Part 'MSFT_Disk' {
  Get-Disk | Pick 'Number', 'Path', 'Location', 'UniqueId', 'FriendlyName', 'Manufacturer', 'Model',
    'SerialNumber', 'BusType', 'PartitionStyle', 'Size'
}
Part 'MSFT_Partition' {
  Get-Partition | Pick 'DiskNumber', 'PartitionNumber', 'Guid', 'GptType', 'MbrType', 'Offset',
    'Size', 'AccessPaths', 'DriveLetter', 'IsReadOnly'
}
Part 'MSFT_Volume' {
  Get-Volume | Pick 'UniqueId', 'DriveLetter', 'DriveType', 'FileSystem', 'FileSystemLabel', 'Size',
    'SizeRemaining'
}
Part 'MSFT_StoragePool' {
  Get-StoragePool | Where-Object { -not $_.IsPrimordial } | ForEach-Object {
    $row = $_ | Pick 'ObjectId', 'UniqueId', 'FriendlyName', 'IsPrimordial', 'Size'
    $row['PhysicalDiskIds'] = @($_ | Get-PhysicalDisk | ForEach-Object { $_.ObjectId })
    $row
  }
}
Part 'MSFT_VirtualDisk' {
  Get-VirtualDisk | ForEach-Object {
    $row = $_ | Pick 'ObjectId', 'UniqueId', 'FriendlyName', 'ResiliencySettingName', 'Size'
    $pools = @($_ | Get-StoragePool | Where-Object { -not $_.IsPrimordial })
    if ($pools.Count) { $row['PoolId'] = $pools[0].ObjectId }
    $disk = $_ | Get-Disk -ErrorAction SilentlyContinue
    if ($disk) { $row['DiskNumber'] = $disk.Number }
    $row
  }
}
# The serial numbers of file systems.
Part 'Win32_Volume' {
  Get-CimInstance Win32_Volume -Property DeviceID, Name, DriveLetter, DriveType, SerialNumber |
    Pick 'DeviceID', 'Name', 'DriveLetter', 'DriveType', 'SerialNumber'
}
Part 'Win32_CDROMDrive' {
  Get-CimInstance Win32_CDROMDrive -Property DeviceID, Drive, Caption, Manufacturer, PNPDeviceID |
    Pick 'Drive', 'Caption', 'Manufacturer', 'PNPDeviceID'
}
Part 'Win32_NetworkConnection' {
  Get-CimInstance Win32_NetworkConnection | Pick 'LocalName', 'RemoteName'
}
# Of a volume on dynamic disks the Storage module does not know the partitions.
$dynamic = $parts['MSFT_Partition'] | Where-Object {
  $_['MbrType'] -eq 66 -or $_['GptType'] -eq '{af9b60a0-1431-4f62-bc68-3311714a69ad}'
}
if ($dynamic) {
  Part 'Win32_DiskPartition' {
    Get-CimInstance Win32_DiskPartition | Pick 'DeviceID', 'DiskIndex', 'StartingOffset', 'Size'
  }
  Part 'Win32_LogicalDiskToPartition' {
    Get-CimInstance Win32_LogicalDiskToPartition | Pick 'Antecedent', 'Dependent'
  }
}
Answer 'windowsStorage'
